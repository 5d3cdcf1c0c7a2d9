package dev.plimsoll.formats.family;

import dev.plimsoll.formats.config.Config;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.IntFunction;

/// Layers of different kinds, by the names that configs give them; a name that is not known is refused.
final class LayerTypes {
    private LayerTypes() {}

    /// For each layer one of the known types, from `layer_types`, else by the family's rule.
    static IntFunction<String> of(Config config, IntFunction<String> familyRule, String... known) {
        Set<String> names = new TreeSet<>(Set.of(known));
        IntFunction<String> types = Keys.layerTypes(config, familyRule);
        return layer -> {
            String type = types.apply(layer);
            if (!names.contains(type)) {
                throw config.unsupported("layer_types", type, "one of " + String.join(", ", names));
            }
            return type;
        };
    }

    /// A window on the layers of type `sliding_attention`.
    static Decoder windowed(Decoder decoder, IntFunction<String> familyRule, long window) {
        Config config = decoder.config();
        IntFunction<String> types = Keys.layerTypes(config, familyRule);
        return decoder.attention((layer, attention) ->
                attention.withMask(Keys.mask(config, types.apply(layer), OptionalLong.of(window))));
    }
}
