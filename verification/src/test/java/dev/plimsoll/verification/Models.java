package dev.plimsoll.verification;

import dev.plimsoll.formats.hub.HubAccess;
import dev.plimsoll.formats.model.ModelReader;
import dev.plimsoll.formats.model.RemoteModels;
import dev.plimsoll.model.architecture.Transformer;
import java.io.InputStream;

/// Models of the catalogue.
final class Models {
    private Models() {}

    static Transformer read(String name) {
        return new ModelReader(InputStream.nullInputStream(), RemoteModels.hub(HubAccess.OFFLINE))
                .read(name)
                .transformer()
                .orElseThrow();
    }
}
