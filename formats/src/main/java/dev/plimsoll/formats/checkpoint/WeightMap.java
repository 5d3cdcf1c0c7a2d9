package dev.plimsoll.formats.checkpoint;

import dev.plimsoll.formats.json.JsonCursor;
import dev.plimsoll.formats.json.JsonKind;
import dev.plimsoll.formats.source.ByteSource;
import dev.plimsoll.formats.source.SourceStream;
import dev.plimsoll.model.failure.InputException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.SequencedMap;
import java.util.TreeMap;

/// The index of a sharded checkpoint: `{"metadata": {"total_size": ...}, "weight_map": {tensor: shard}}`.
///
/// Some published indexes have text after the object, so only the first value is read; and their `total_size` may be
/// missing, zero or wrong, so it is only a claim.
///
/// @param tensors from tensor to the shard that should hold it; the caller's own, to take tensors out as they are
/// found
/// @param shards the shards in the order of their names, each with the number of its tensors
/// @param claims numbers and texts of `metadata`, as written
public record WeightMap(
        Map<String, String> tensors, NavigableMap<String, Integer> shards, SequencedMap<String, String> claims) {
    private static final long LONGEST = 100_000_000;
    private static final int MOST_CLAIMS = 1000;

    /// Reads an index.
    ///
    /// @throws InputException when it is no such index, names no tensor, or one twice
    public static WeightMap read(ByteSource index) {
        if (index.length() > LONGEST) {
            throw InputException.unreadable(
                    index.name() + ": more than 100 MB of index, expected at most that",
                    "Give the model's config.json.");
        }
        JsonCursor cursor = JsonCursor.open(index.name(), new SourceStream(index, 0, index.length()));
        WeightMap map = new WeightMap(new HashMap<>(), new TreeMap<>(), new LinkedHashMap<>());
        cursor.enterObject();
        while (cursor.nextMember()) {
            switch (cursor.key()) {
                case "metadata" -> map.readClaims(cursor);
                case "weight_map" -> map.readTensors(index.name(), cursor);
                default -> cursor.skip();
            }
        }
        if (map.tensors.isEmpty()) {
            throw InputException.unreadable(
                    index.name() + ": no tensor in weight_map, expected each tensor with its shard",
                    "Fetch the index again, or give the single file of the model.");
        }
        return map;
    }

    private void readClaims(JsonCursor cursor) {
        if (cursor.kind() != JsonKind.OBJECT) {
            cursor.skip();
            return;
        }
        cursor.enterObject();
        while (cursor.nextMember()) {
            String key = cursor.key();
            switch (cursor.kind()) {
                case TEXT -> claim(key, cursor.text());
                case NUMBER -> claim(key, cursor.number().text());
                case OBJECT, ARRAY, BOOLEAN, NULL -> cursor.skip();
            }
        }
    }

    private void claim(String key, String value) {
        if (claims.size() < MOST_CLAIMS) {
            claims.putIfAbsent(key, value);
        }
    }

    private void readTensors(String index, JsonCursor cursor) {
        Map<String, String> seen = new HashMap<>();
        long names = 0;
        cursor.enterObject();
        while (cursor.nextMember()) {
            String tensor = cursor.key();
            names += CheckpointBuilder.bytes(tensor);
            CheckpointBuilder.refuseTooMany(index, tensors.size(), names);
            // One text for each shard, not one for each tensor.
            String shard = seen.computeIfAbsent(cursor.text(), name -> name);
            if (tensors.putIfAbsent(tensor, shard) != null) {
                throw cursor.broken("found a second time, expected once");
            }
            shards.merge(shard, 1, Integer::sum);
        }
    }
}
