package dev.plimsoll.formats.hub;

import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Collectors;

/// The addresses of the hub's interface.
final class HubAddress {
    private HubAddress() {}

    /// What describes a model at a revision, among it the commit and the files.
    static URI listing(Hub hub, HubModel model) {
        return URI.create(hub.endpoint() + "/api/models/" + model.owner() + "/" + model.name() + "/revision/"
                + encoded(model.revision()));
    }

    /// A file of a model at a commit; the answer redirects to where the bytes are.
    static URI file(Hub hub, HubModel model, String commit, String fileName) {
        String path =
                Arrays.stream(fileName.split("/", -1)).map(HubAddress::encoded).collect(Collectors.joining("/"));
        return URI.create(
                hub.endpoint() + "/" + model.owner() + "/" + model.name() + "/resolve/" + commit + "/" + path);
    }

    /// One part of a path; the encoder is made for forms, where a space is `+`.
    private static String encoded(String part) {
        return URLEncoder.encode(part, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
