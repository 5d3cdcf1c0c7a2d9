package dev.plimsoll.formats.names;

import dev.plimsoll.model.architecture.TensorNaming;
import dev.plimsoll.model.operator.TensorName;
import dev.plimsoll.model.operator.TensorNames;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// What a family's files call its parameters, as data.
///
/// A row maps a parameter's stem (`attention.query`) to the stem in the file; `.weight` and `.bias` are carried over. A
/// whole parameter name on the left (`recurrence.decay`) maps to a whole name. On the right
/// - `.` at the start stands for the layer's prefix, for example `model.layers.{layer}`, or each of its alternatives;
/// - `|` separates alternatives, the preferred one first;
/// - `^` before a name says that the file holds the inputs first;
/// - two parameters with one name are fused in one tensor there.
public final class Naming implements TensorNaming {
    private static final Pattern BETWEEN_ALTERNATIVES = Pattern.compile("\\|");

    private final String layerPrefix;
    private final Map<String, String> huggingFace;
    private final Map<String, List<String>> readAs;
    private final String ggufLayerPrefix;
    private final Map<String, String> gguf;

    private Naming(
            String layerPrefix,
            Map<String, String> huggingFace,
            Map<String, List<String>> readAs,
            String ggufLayerPrefix,
            Map<String, String> gguf) {
        this.layerPrefix = layerPrefix;
        this.huggingFace = huggingFace;
        this.readAs = readAs;
        this.ggufLayerPrefix = ggufLayerPrefix;
        this.gguf = gguf;
    }

    /// Names of models that no file holds.
    public static Naming unpublished() {
        return new Naming("", Map.of(), Map.of(), "", Map.of());
    }

    /// @param layerPrefix the prefix of a layer's tensors, without the dot at its end; alternatives separated by `|`
    /// @param rows left, right, left, right, ..
    public static Naming of(String layerPrefix, String... rows) {
        return new Naming(layerPrefix, Map.of(), Map.of(), "blk.{layer}", GgufNames.ROWS).with(rows);
    }

    /// This naming with other or further rows.
    public Naming with(String... rows) {
        return new Naming(layerPrefix, changed(huggingFace, rows), readAs, ggufLayerPrefix, gguf);
    }

    /// This naming, with names in the files of Hugging Face that begin like `start` beginning otherwise: with each of
    /// the alternatives, for stacks that stand under several prefixes in the files of several models.
    public Naming readAs(String start, String... alternatives) {
        Map<String, List<String>> changed = new HashMap<>(readAs);
        changed.put(start, List.of(alternatives));
        return new Naming(layerPrefix, huggingFace, changed, ggufLayerPrefix, gguf);
    }

    /// This naming with another prefix of a layer's tensors in GGUF files, and other or further rows there.
    public Naming gguf(String otherLayerPrefix, String... rows) {
        return new Naming(layerPrefix, huggingFace, readAs, otherLayerPrefix, changed(gguf, rows));
    }

    /// This naming for a stack that no GGUF file holds.
    public Naming withoutGguf() {
        return new Naming(layerPrefix, huggingFace, readAs, "", Map.of());
    }

    /// The same rows under another layer prefix.
    public Naming under(String otherLayerPrefix) {
        return new Naming(otherLayerPrefix, huggingFace, readAs, ggufLayerPrefix, gguf);
    }

    @Override
    public TensorNames of(String parameter) {
        if (huggingFace.isEmpty()) {
            return TensorNames.NONE;
        }
        return new TensorNames(
                names(parameter, huggingFace, layerPrefix).stream()
                        .flatMap(this::readings)
                        .toList(),
                names(parameter, gguf, ggufLayerPrefix));
    }

    private Stream<TensorName> readings(TensorName name) {
        for (Map.Entry<String, List<String>> entry : readAs.entrySet()) {
            String start = entry.getKey();
            if (name.pattern().startsWith(start)) {
                String rest = name.pattern().substring(start.length());
                return entry.getValue().stream().map(other -> new TensorName(other + rest, name.arrangement()));
            }
        }
        return Stream.of(name);
    }

    private static Map<String, String> changed(Map<String, String> rows, String... changes) {
        Map<String, String> changed = new HashMap<>(rows);
        for (int i = 0; i < changes.length; i += 2) {
            changed.put(changes[i], changes[i + 1]);
        }
        return changed;
    }

    private static List<TensorName> names(String parameter, Map<String, String> rows, String prefix) {
        String whole = rows.get(parameter);
        if (whole != null) {
            return alternatives(whole, "", prefix);
        }
        int dot = parameter.lastIndexOf('.');
        String stem = dot < 0 ? null : rows.get(parameter.substring(0, dot));
        return stem == null ? List.of() : alternatives(stem, parameter.substring(dot), prefix);
    }

    private static List<TensorName> alternatives(String row, String suffix, String prefix) {
        List<TensorName> names = new ArrayList<>();
        for (String alternative : BETWEEN_ALTERNATIVES.split(row, -1)) {
            boolean inputsFirst = alternative.startsWith("^");
            String name = inputsFirst ? alternative.substring(1) : alternative;
            TensorName.Arrangement arrangement =
                    inputsFirst ? TensorName.Arrangement.INPUTS_FIRST : TensorName.Arrangement.OUTPUTS_FIRST;
            String[] prefixes = name.startsWith(".") ? BETWEEN_ALTERNATIVES.split(prefix, -1) : new String[] {""};
            for (String before : prefixes) {
                names.add(new TensorName(before + name + suffix, arrangement));
            }
        }
        return names;
    }
}
