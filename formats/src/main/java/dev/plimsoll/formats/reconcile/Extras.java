package dev.plimsoll.formats.reconcile;

import dev.plimsoll.formats.checkpoint.StoredTensor;
import dev.plimsoll.model.units.Bytes;
import dev.plimsoll.model.units.Text;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Adds up tensors by kind and by the pattern of their names.
final class Extras {
    private static final int MOST_PATTERNS = 1000;

    private final Map<Key, Tally> groups = new HashMap<>();

    private record Key(Extra.Kind kind, String pattern) {}

    private static final class Tally {
        private long tensors;
        private long elements;
        private long bytes;

        private Extra of(Key key) {
            return new Extra(key.kind(), Text.printable(key.pattern()), tensors, elements, new Bytes(bytes));
        }
    }

    /// Beyond a thousand patterns a kind's tensors join another pattern of that kind.
    void add(Extra.Kind kind, StoredTensor tensor) {
        Key key = new Key(kind, pattern(tensor.name()));
        if (groups.size() >= MOST_PATTERNS && !groups.containsKey(key)) {
            key = groups.keySet().stream()
                    .filter(known -> known.kind() == kind)
                    .findFirst()
                    .orElse(key);
        }
        Tally tally = groups.computeIfAbsent(key, missing -> new Tally());
        tally.tensors++;
        tally.elements = Math.addExact(tally.elements, tensor.elements());
        tally.bytes = Math.addExact(tally.bytes, tensor.bytes().count());
    }

    /// By kind, in each the most elements first.
    List<Extra> all() {
        return groups.entrySet().stream()
                .map(group -> group.getValue().of(group.getKey()))
                .sorted(Comparator.comparing(Extra::kind)
                        .thenComparing(Extra::elements, Comparator.reverseOrder())
                        .thenComparing(Extra::pattern))
                .toList();
    }

    /// The name with `{n}` for each part that is a number. Parts end at dots; in the names that ONNX exporters make up
    /// (`onnx::MatMul_787`, `/encoder/Constant_3`) also at `_` and `/`.
    static String pattern(String name) {
        String ends = name.indexOf('/') >= 0 || name.contains("::") ? "._/" : ".";
        StringBuilder pattern = new StringBuilder(name.length());
        int start = 0;
        for (int end = 0; end <= name.length(); end++) {
            if (end == name.length() || ends.indexOf(name.charAt(end)) >= 0) {
                appendPart(name, start, end, pattern);
                pattern.append(name, end, Math.min(end + 1, name.length()));
                start = end + 1;
            }
        }
        return pattern.toString();
    }

    private static void appendPart(String name, int start, int end, StringBuilder into) {
        if (isNumber(name, start, end)) {
            into.append("{n}");
        } else {
            into.append(name, start, end);
        }
    }

    private static boolean isNumber(String name, int start, int end) {
        for (int i = start; i < end; i++) {
            if (!Character.isDigit(name.charAt(i))) {
                return false;
            }
        }
        return end > start;
    }
}
