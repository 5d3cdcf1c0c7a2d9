package dev.plimsoll.formats.reconcile;

import dev.plimsoll.formats.checkpoint.StoredTensor;
import dev.plimsoll.model.units.Bytes;
import dev.plimsoll.model.units.Text;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Adds up tensors by kind and by the pattern of their names.
final class Extras {
    private static final int MOST_PATTERNS = 1000;

    private final Map<Key, Extra> groups = new LinkedHashMap<>();

    private record Key(Extra.Kind kind, String pattern) {}

    /// Beyond a thousand patterns a kind's tensors join the kind's first.
    void add(Extra.Kind kind, StoredTensor tensor) {
        Key key = new Key(kind, pattern(tensor.name()));
        if (groups.size() >= MOST_PATTERNS && !groups.containsKey(key)) {
            key = groups.keySet().stream()
                    .filter(known -> known.kind() == kind)
                    .findFirst()
                    .orElse(key);
        }
        groups.merge(
                key, new Extra(kind, Text.printable(key.pattern()), 1, tensor.elements(), tensor.bytes()), Extras::sum);
    }

    /// By kind, in each the most elements first.
    List<Extra> all() {
        return groups.values().stream()
                .sorted(Comparator.comparing(Extra::kind)
                        .thenComparing(Extra::elements, Comparator.reverseOrder())
                        .thenComparing(Extra::pattern))
                .toList();
    }

    private static Extra sum(Extra one, Extra other) {
        Bytes bytes = one.bytes().plus(other.bytes());
        return new Extra(
                one.kind(),
                one.pattern(),
                one.tensors() + other.tensors(),
                Math.addExact(one.elements(), other.elements()),
                bytes);
    }

    /// The name with `{n}` for each part that is a number.
    static String pattern(String name) {
        StringBuilder pattern = new StringBuilder();
        for (int start = 0; start <= name.length(); ) {
            int dot = name.indexOf('.', start);
            int end = dot < 0 ? name.length() : dot;
            boolean number =
                    end > start && name.chars().skip(start).limit(end - start).allMatch(Character::isDigit);
            pattern.append(start == 0 ? "" : ".").append(number ? "{n}" : name.substring(start, end));
            start = end + 1;
        }
        return pattern.toString();
    }
}
