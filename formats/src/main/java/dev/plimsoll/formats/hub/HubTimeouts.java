package dev.plimsoll.formats.hub;

import java.time.Duration;

/// How long to wait for the hub.
///
/// @param connect for one connection
/// @param request for one piece of a file altogether: its redirects, retries and last byte
/// @param backoff before the first retry, twice that before the second, where the server names no time
public record HubTimeouts(Duration connect, Duration request, Duration backoff) {
    /// 10 s to connect, 30 s for a request, half a second before the first retry.
    public static final HubTimeouts USUAL =
            new HubTimeouts(Duration.ofSeconds(10), Duration.ofSeconds(30), Duration.ofMillis(500));
}
