package dev.plimsoll.formats.hub;

import dev.plimsoll.model.failure.FailureKind;
import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.units.Text;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;

/// A hub of models and how it is asked.
///
/// @param endpoint its address: http or https, without user, query and fragment
/// @param cache the folder that keeps the pieces read; made when needed
/// @param token sent to the endpoint only, never on to where a redirect leads
public record Hub(URI endpoint, HubAccess access, Path cache, Optional<HubToken> token, HubTimeouts timeouts) {
    /// @throws InputException when the endpoint is no such address, or a token would travel readable by anyone on
    /// the way: over http to another machine
    public Hub {
        if (!HubOrigin.isWeb(endpoint) || endpoint.getRawQuery() != null || endpoint.getRawFragment() != null) {
            // The address is not repeated: it may hold a password.
            throw new InputException(
                    FailureKind.SURROUNDINGS,
                    "HF_ENDPOINT: found no address of a hub, expected one such as https://huggingface.co",
                    "Set it to scheme, host and path only, or unset it.");
        }
        if (token.isPresent() && !HubOrigin.of(endpoint).isPrivate()) {
            throw new InputException(
                    FailureKind.SURROUNDINGS,
                    "HF_ENDPOINT: found " + Text.printable(endpoint.toString())
                            + " and a token, expected https: over http anyone on the way could read the token",
                    "Use an https address, or unset HF_TOKEN (and move the token file away).");
        }
    }

    /// The hub that the environment describes.
    ///
    /// @param asked what the user asked for; `HF_HUB_OFFLINE` can make it offline
    /// @throws InputException when the environment holds an address, a path or a token that cannot be one
    public static Hub of(HubEnvironment environment, HubAccess asked) {
        HubAccess access = environment.saysOffline() ? HubAccess.OFFLINE : asked;
        Optional<HubToken> token = switch (access) {
            case ONLINE -> environment.token();
            case OFFLINE -> Optional.empty();
        };
        return new Hub(environment.endpoint(), access, environment.cache(), token, HubTimeouts.USUAL);
    }

    /// The files of a model at the commit that its revision names now; offline, at the one it named last.
    ///
    /// @throws InputException of kind `SURROUNDINGS` when the hub cannot be reached or denies access, or the cache
    /// alone does not know; of kind `UNREADABLE` when there is no such model or revision, or the answer makes no
    /// sense
    public HubFolder open(HubModel model) {
        HubCache cached = HubCache.of(this, model);
        HubClient client = new HubClient(this, model);
        HubListing listing = switch (access) {
            case ONLINE -> HubListing.online(model, client, cached);
            case OFFLINE -> HubListing.offline(model, cached);
        };
        return new HubFolder(this, model, listing, client, cached);
    }
}
