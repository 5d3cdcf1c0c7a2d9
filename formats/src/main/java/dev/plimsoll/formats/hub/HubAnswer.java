package dev.plimsoll.formats.hub;

import java.net.http.HttpHeaders;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.OptionalLong;

/// What came at the end of all redirects.
///
/// @param from who answered
/// @param commit of which the endpoint says that the answer is; empty when it does not say
/// @param body the bytes that were wanted, from position 0 to the limit; of an error, its first bytes
record HubAnswer(HubOrigin from, int status, HttpHeaders headers, Optional<String> commit, ByteBuffer body) {

    /// A header; empty when there is none.
    String header(String name) {
        return headers.firstValue(name).orElse("");
    }

    /// A header that is a whole number; empty when it is none.
    OptionalLong number(String name) {
        String text = header(name).strip();
        return text.matches("\\d{1,18}") ? OptionalLong.of(Long.parseLong(text)) : OptionalLong.empty();
    }
}
