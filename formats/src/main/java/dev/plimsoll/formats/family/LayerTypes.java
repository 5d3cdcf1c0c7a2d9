package dev.plimsoll.formats.family;

import dev.plimsoll.formats.config.Config;
import dev.plimsoll.model.operator.AttentionMask;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.IntFunction;

/// Layers of different kinds, by the names that configs give them; a name that is not known is refused.
final class LayerTypes {
    private LayerTypes() {}

    /// For each layer one of the known types, from `layer_types`, else by the family's rule.
    static IntFunction<String> of(Config config, IntFunction<String> familyRule, String... known) {
        return checked(config, "layer_types", Keys.layerTypes(config, familyRule), known);
    }

    /// The types as given, each refused when it is asked for and not known.
    static IntFunction<String> checked(Config config, String key, IntFunction<String> types, String... known) {
        Set<String> names = new TreeSet<>(Set.of(known));
        return layer -> {
            String type = types.apply(layer);
            if (!names.contains(type)) {
                throw config.unsupported(key, type, "one of " + String.join(", ", names));
            }
            return type;
        };
    }

    /// A window on the layers of type `sliding_attention`.
    static Decoder windowed(Decoder decoder, IntFunction<String> familyRule, long window) {
        IntFunction<String> types = of(decoder.config(), familyRule, "sliding_attention", "full_attention");
        return decoder.attention((layer, attention) -> attention.withMask(
                types.apply(layer).equals("sliding_attention")
                        ? new AttentionMask.SlidingWindow(window)
                        : new AttentionMask.Causal()));
    }
}
