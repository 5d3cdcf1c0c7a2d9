package dev.plimsoll.formats.hub;

import dev.plimsoll.model.failure.FailureKind;
import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.units.Numbers;
import dev.plimsoll.model.units.Text;
import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpConnectTimeoutException;
import java.time.Duration;
import java.util.OptionalLong;
import javax.net.ssl.SSLException;

/// The failures of asking a hub, to be thrown. None repeats a redirect's address, which can hold a signature, nor
/// anything that was sent.
final class HubFailure {
    private static final String NETWORK =
            "Check the network and the proxy, set HF_ENDPOINT to a mirror, or use --offline for what was read before.";

    private HubFailure() {}

    static InputException surroundings(String cause, String remedy) {
        return new InputException(FailureKind.SURROUNDINGS, cause, remedy);
    }

    /// The request did not end in time.
    static InputException late(String subject, HubOrigin host, Duration allowed) {
        return surroundings(
                subject + ": no complete answer of " + host(host) + " within "
                        + Numbers.decimals(allowed.toMillis() / 1000.0, 1) + " s, expected one",
                NETWORK);
    }

    /// There was no answer, or only a part of one.
    static InputException unreachable(String subject, HubOrigin host, Throwable failure) {
        String found = switch (failure) {
            case HttpConnectTimeoutException _ -> "does not answer";
            case ConnectException _ -> "cannot be reached";
            case SSLException _ -> "cannot be trusted: no secure connection";
            case IOException _ -> "broke the connection off";
            default -> "cannot be asked (" + failure.getClass().getSimpleName() + ")";
        };
        return surroundings(subject + ": " + host(host) + " " + found + ", expected an answer", NETWORK);
    }

    /// A redirect that is not followed.
    static InputException redirect(String subject, HubOrigin from, String found) {
        return surroundings(
                subject + ": " + host(from) + " redirects " + found + ", expected at most 5 redirects to http or https",
                "A server or a proxy on the way is broken: check HF_ENDPOINT and the network.");
    }

    /// An answer that is none.
    ///
    /// @param subject what was asked for
    static InputException refused(Hub hub, HubModel model, String subject, HubAnswer answer) {
        if (!answer.from().equals(HubOrigin.of(hub.endpoint()))) {
            return status(subject, answer);
        }
        return switch (answer.header("X-Error-Code")) {
            case "GatedRepo" -> gated(hub, model, answer);
            case "RepoNotFound" -> unknown(hub, model, answer);
            case "RevisionNotFound" -> noRevision(model);
            default ->
                switch (answer.status()) {
                    case 401 -> unknown(hub, model, answer);
                    case 403 -> gated(hub, model, answer);
                    case 404 -> notFound(hub, model, subject, answer);
                    case 407 -> proxy(subject);
                    default -> status(subject, answer);
                };
        };
    }

    private static InputException gated(Hub hub, HubModel model, HubAnswer answer) {
        String page = hub.endpoint() + "/" + model.owner() + "/" + model.name();
        String remedy = hub.token().isPresent()
                ? "Ask for access at " + page + " with the account of your token; the token must be allowed to read it."
                : "Ask for access at " + page + ", then set HF_TOKEN to a token of that account.";
        return surroundings(
                model.reference() + ": access is restricted (HTTP " + answer.status() + "), expected it granted",
                remedy);
    }

    /// The hub hides what is private: it says 401 of a model that does not exist, too.
    private static InputException unknown(Hub hub, HubModel model, HubAnswer answer) {
        if (answer.status() == 401 && hub.token().isPresent()) {
            return surroundings(
                    model.reference() + ": the token was refused (HTTP 401), expected a valid one",
                    "Make a new token on the settings page of the hub, or unset HF_TOKEN for a public model.");
        }
        return InputException.unreadable(
                model.reference() + ": no such model, or a private one (HTTP " + answer.status()
                        + "), expected a model on " + host(answer.from()),
                "Check owner and name; a private model needs a token in HF_TOKEN that may read it.");
    }

    private static InputException noRevision(HubModel model) {
        return InputException.unreadable(
                model.reference() + ": no revision " + model.revision()
                        + ", expected a branch, a tag or a commit of it",
                "Leave @" + model.revision() + " away, or look the revisions up on the model's page.");
    }

    private static InputException notFound(Hub hub, HubModel model, String subject, HubAnswer answer) {
        return subject.equals(model.reference())
                ? unknown(hub, model, answer)
                : InputException.unreadable(
                        subject + ": the hub lists the file and does not have it (HTTP 404), expected it",
                        "Try again, or choose another revision.");
    }

    private static InputException proxy(String subject) {
        return surroundings(
                subject + ": the proxy asks for a password (HTTP 407), expected it to pass the request on",
                "Use a proxy that needs none, or fetch the files by other means and give them as a folder.");
    }

    private static InputException status(String subject, HubAnswer answer) {
        String expected = ", expected the bytes asked for";
        if (answer.status() == 429) {
            OptionalLong seconds = answer.number("Retry-After");
            return surroundings(
                    subject + ": " + host(answer.from()) + " answers that there were too many requests (HTTP 429)"
                            + expected,
                    "Wait " + (seconds.isPresent() ? seconds.getAsLong() + " s" : "some minutes")
                            + " and try again; a token in HF_TOKEN raises the limit.");
        }
        return surroundings(
                subject + ": " + host(answer.from()) + " answers HTTP " + answer.status() + expected,
                "Try again later; --offline reads what is in the cache.");
    }

    private static String host(HubOrigin origin) {
        return Text.printable(origin.host());
    }
}
