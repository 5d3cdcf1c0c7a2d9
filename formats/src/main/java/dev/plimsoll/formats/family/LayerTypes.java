package dev.plimsoll.formats.family;

import dev.plimsoll.formats.config.Config;
import dev.plimsoll.model.operator.AttentionMask;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.IntFunction;

/// Layers of different kinds, by the names that configs give them; a name that is not known is refused.
final class LayerTypes {
    /// What configs call layers that attend to everything before them, and to a window of it.
    static final String FULL = "full_attention";

    static final String SLIDING = "sliding_attention";

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

    /// A window on the layers of type `sliding_attention`, causal attention on those of type `full_attention`.
    static Decoder windowed(Decoder decoder, IntFunction<String> familyRule, long window) {
        IntFunction<String> types = Keys.layerTypes(decoder.config(), familyRule);
        return decoder.attention((layer, attention) ->
                attention.withMask(mask(decoder.config(), types.apply(layer), OptionalLong.of(window))));
    }

    /// Sliding where the type says so, causal where it says full.
    ///
    /// @param window of the sliding layers; where there is none, they are causal too
    static AttentionMask mask(Config config, String layerType, OptionalLong window) {
        return switch (layerType) {
            case FULL -> new AttentionMask.Causal();
            case SLIDING -> sliding(window);
            default -> throw config.unsupported("layer_types", layerType, FULL + " or " + SLIDING);
        };
    }

    /// The window of `sliding_window`: the class's own where the key is absent, none where it is null.
    static OptionalLong window(Config config, long classDefault) {
        return config.isNull("sliding_window")
                ? OptionalLong.empty()
                : OptionalLong.of(config.sizeOr(classDefault, "sliding_window"));
    }

    /// A window where there is one.
    static AttentionMask sliding(OptionalLong window) {
        return window.isPresent() ? new AttentionMask.SlidingWindow(window.getAsLong()) : new AttentionMask.Causal();
    }

    /// Every `period`-th layer full, the others sliding; `layer_types` decides where the config lists them.
    static IntFunction<String> fullEvery(Config config, long period) {
        return Keys.layerTypes(config, layer -> (layer + 1) % period == 0 ? FULL : SLIDING);
    }
}
