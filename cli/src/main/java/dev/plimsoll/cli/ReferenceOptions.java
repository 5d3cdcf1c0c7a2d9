package dev.plimsoll.cli;

import dev.plimsoll.formats.hub.HubAccess;
import dev.plimsoll.formats.model.LoadedModel;
import dev.plimsoll.formats.model.ModelReader;
import dev.plimsoll.formats.model.RemoteModels;
import picocli.CommandLine.Option;

/// How models are read.
final class ReferenceOptions {
    @Option(names = "--offline", description = "Never ask the network: hf: models come from the cache.")
    private boolean offline;

    LoadedModel read(String reference) {
        return new ModelReader(System.in, RemoteModels.hub(offline ? HubAccess.OFFLINE : HubAccess.ONLINE))
                .read(reference);
    }
}
