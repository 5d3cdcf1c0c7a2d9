package dev.plimsoll.formats.model;

import dev.plimsoll.formats.hub.Hub;
import dev.plimsoll.formats.hub.HubAccess;
import dev.plimsoll.formats.hub.HubEnvironment;
import dev.plimsoll.formats.hub.HubFolder;
import dev.plimsoll.formats.hub.HubModel;

/// Where models are that are not on this machine.
@FunctionalInterface
public interface RemoteModels {
    /// Opens a model; nothing is asked of any network before.
    ///
    /// @throws dev.plimsoll.model.failure.InputException when there is no such model, or it cannot be reached
    HubFolder open(HubModel model);

    /// The hub that the environment names, looked at when a model is asked for.
    static RemoteModels hub(HubAccess access) {
        return model -> Hub.of(HubEnvironment.here(), access).open(model);
    }
}
