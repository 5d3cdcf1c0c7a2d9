package dev.plimsoll.formats.hub;

import dev.plimsoll.formats.json.JsonCursor;
import dev.plimsoll.model.failure.FailureKind;
import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.units.Text;
import java.io.ByteArrayInputStream;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/// What a revision of a model is: its commit, and the names of the files in it.
///
/// @param commit in full, 40 or 64 hexadecimal digits
/// @param files names that stay within the repository; any others are left out
record HubListing(String commit, SortedSet<String> files) {
    private static final int LONGEST = 16 << 20;

    HubListing {
        files = Collections.unmodifiableSortedSet(new TreeSet<>(files));
    }

    /// Asks the hub, unless the revision is a commit that is known already.
    static HubListing online(HubModel model, HubClient client, HubCache cache) {
        if (HubModel.isCommit(model.revision())) {
            Optional<HubListing> known = cached(model, cache);
            if (known.isPresent()) {
                return known.get();
            }
        }
        ByteBuffer text = client.listing(LONGEST);
        HubListing listing = parse(model, text);
        HubPiece whole = new HubPiece(text.limit(), 0, text);
        cache.write(cache.revision(model.revision()), whole);
        cache.write(cache.revision(listing.commit), whole);
        return listing;
    }

    /// What the hub answered last.
    static HubListing offline(HubModel model, HubCache cache) {
        return cached(model, cache)
                .orElseThrow(() -> new InputException(
                        FailureKind.SURROUNDINGS,
                        model.reference() + ": offline, and its list of files is not in the cache "
                                + Text.printable(cache.folder().toString()),
                        "Run it once online (without --offline and HF_HUB_OFFLINE), or give a local file."));
    }

    private static Optional<HubListing> cached(HubModel model, HubCache cache) {
        return cache.read(cache.revision(model.revision()), 0).map(piece -> parse(model, piece.bytes()));
    }

    /// Reads `{"sha": commit, "siblings": [{"rfilename": name}, ...]}` from among all that the hub says of a model.
    private static HubListing parse(HubModel model, ByteBuffer text) {
        String name = model.reference() + ": the hub's description";
        byte[] bytes = new byte[text.limit()];
        text.get(0, bytes);
        JsonCursor cursor = JsonCursor.open(name, new ByteArrayInputStream(bytes));
        String commit = "";
        SortedSet<String> files = new TreeSet<>();
        cursor.enterObject();
        while (cursor.nextMember()) {
            switch (cursor.key()) {
                case "sha" -> commit = cursor.text();
                case "siblings" -> readFiles(cursor, files);
                default -> cursor.skip();
            }
        }
        if (!HubModel.isCommit(commit) || (HubModel.isCommit(model.revision()) && !commit.equals(model.revision()))) {
            throw InputException.unreadable(
                    name + ": found commit \"" + Text.printable(commit) + "\", expected "
                            + (HubModel.isCommit(model.revision()) ? model.revision() : "40 hexadecimal digits"),
                    "Check that HF_ENDPOINT is the address of a hub.");
        }
        return new HubListing(commit, files);
    }

    private static void readFiles(JsonCursor cursor, SortedSet<String> files) {
        cursor.enterArray();
        while (cursor.nextElement()) {
            cursor.enterObject();
            while (cursor.nextMember()) {
                if (cursor.key().equals("rfilename")) {
                    String file = cursor.text();
                    if (HubFileName.isWithin(file)) {
                        files.add(file);
                    }
                } else {
                    cursor.skip();
                }
            }
        }
    }
}
