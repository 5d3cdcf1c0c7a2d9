package dev.plimsoll.formats.hub;

import dev.plimsoll.model.failure.FailureKind;
import dev.plimsoll.model.failure.InputException;
import java.util.Optional;

/// A secret that says who asks. It prints as `(hidden)`; only [#header()] gives it away.
public final class HubToken {
    private final String secret;

    private HubToken(String secret) {
        this.secret = secret;
    }

    /// The token in a text, without the white space and line ends around it; empty when nothing else is there.
    ///
    /// @param where what errors call the place, which must not tell the text
    /// @throws InputException when it holds anything but the printable characters of ASCII without space: the
    /// header of a request cannot carry it
    public static Optional<HubToken> of(String where, String text) {
        String secret = text.strip();
        if (!secret.chars().allMatch(character -> character > ' ' && character < 0x7f)) {
            throw new InputException(
                    FailureKind.SURROUNDINGS,
                    where + ": found characters that no token has, expected a token such as hf_...",
                    "Copy the token again from the settings page of the hub, or remove it.");
        }
        return secret.isEmpty() ? Optional.empty() : Optional.of(new HubToken(secret));
    }

    String header() {
        return "Bearer " + secret;
    }

    @Override
    public String toString() {
        return "(hidden)";
    }
}
