package dev.plimsoll.formats.hub;

/// Whether the network may be asked.
public enum HubAccess {
    ONLINE,
    /// Only what is in the cache.
    OFFLINE
}
