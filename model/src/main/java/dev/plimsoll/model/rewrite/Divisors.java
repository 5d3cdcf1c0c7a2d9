package dev.plimsoll.model.rewrite;

import dev.plimsoll.model.execution.Parallelism;
import dev.plimsoll.model.execution.Parallelism.ContextExchange;
import dev.plimsoll.model.shape.Axis;
import java.util.EnumMap;
import java.util.Map;

/// What the sizes of a small model must be multiples of, so that devices can share it.
///
/// @param axes fixed axes; one that is missing may have any size
/// @param tokens the length of a sequence
/// @param layers how often a pattern of layers is repeated at least, where it repeats
public record Divisors(Map<Axis, Long> axes, long tokens, int layers) {
    /// Two repetitions of a pattern, and any sizes.
    public static final Divisors NONE = new Divisors(Map.of(), 1, 2);

    public Divisors {
        axes = Map.copyOf(axes);
    }

    /// Of heads, feed-forward widths, the vocabulary, experts, tokens and layers, by the degrees that divide them.
    public static Divisors of(Parallelism parallelism) {
        long tensor = parallelism.tensor().degree();
        long heads = parallelism.context().exchange() == ContextExchange.ALL_TO_ALL
                ? tensor * parallelism.context().degree()
                : tensor;
        Map<Axis, Long> axes = new EnumMap<>(Axis.class);
        axes.put(Axis.QUERY_HEADS, heads);
        axes.put(Axis.KEY_VALUE_HEADS, heads);
        axes.put(Axis.FEED_FORWARD, tensor * parallelism.expert().tensorDegree());
        axes.put(Axis.VOCABULARY, tensor);
        axes.put(Axis.EXPERTS, (long) parallelism.expert().degree());
        int chunks = parallelism.pipeline().degree() * parallelism.pipeline().chunks();
        return new Divisors(axes, tensor * parallelism.context().degree(), Math.max(NONE.layers(), chunks));
    }

    boolean divide(Axis axis, long size) {
        return size % axes.getOrDefault(axis, 1L) == 0;
    }
}
