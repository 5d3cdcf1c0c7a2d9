package dev.plimsoll.formats.json;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.SequencedMap;

/// An object, its members in the order of the text.
public record JsonObject(SequencedMap<String, JsonValue> members) implements JsonValue {
    public JsonObject {
        members = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(members));
    }

    /// The member of that name; empty when there is none. A member that is `null` is there, as a [JsonNull].
    public Optional<JsonValue> member(String name) {
        return Optional.ofNullable(members.get(name));
    }
}
