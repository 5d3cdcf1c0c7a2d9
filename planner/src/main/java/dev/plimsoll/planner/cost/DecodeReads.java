package dev.plimsoll.planner.cost;

import dev.plimsoll.model.architecture.DistinctParameters;
import dev.plimsoll.model.architecture.Part;
import dev.plimsoll.model.architecture.Transformer;
import dev.plimsoll.model.execution.Precision;
import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.operator.Parameter;
import dev.plimsoll.model.operator.Routing;
import dev.plimsoll.model.operator.Value;
import dev.plimsoll.model.shape.Axis;
import dev.plimsoll.model.shape.Shape;
import dev.plimsoll.model.units.Bytes;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// What one decode step of a text decoder must read at least: each weight once for each operator that reads it, each
/// cache entry that is looked at once.
///
/// A key/value head is read once for all query heads of its group. Of a table, the rows of the new tokens, and all of it
/// once more where it is the head's weight too; of experts, those that any token was sent to. Activations are not counted: they are small, and may stay on the chip.
///
/// @param weights in the precision's type of weights
/// @param cache in the precision's type of the cache, the new token's own entry included
public record DecodeReads(Bytes weights, Bytes cache) {
    /// How many different experts of one layer a step's tokens are sent to.
    @FunctionalInterface
    public interface ExpertUse {
        long distinct(long layer, Routing routing);

        /// Tokens spread as evenly as they can: `min(E, tokens · k)`.
        static ExpertUse balanced(long tokens) {
            return (layer, routing) -> Math.min(routing.experts(), Math.multiplyExact(tokens, routing.topK()));
        }
    }

    public static DecodeReads of(Transformer model, Workload.Decode decode, Precision precision, ExpertUse use) {
        List<Part> parts = model.parts().stream()
                .filter(part -> part.kind() == Part.Kind.TEXT_DECODER)
                .toList();
        return new DecodeReads(weights(parts, decode, precision, use), cache(model, decode, precision));
    }

    private static Bytes weights(List<Part> parts, Workload.Decode decode, Precision precision, ExpertUse use) {
        Bytes sum = Bytes.ZERO;
        for (DistinctParameters.Occurrence found : DistinctParameters.of(parts)) {
            for (long copy = 0; copy < found.copies(); copy++) {
                long elements = elements(found, found.run().first() + copy, decode, use, parts);
                sum = sum.plus(precision.weights().bytes(elements));
            }
        }
        return sum;
    }

    private static long elements(
            DistinctParameters.Occurrence found, long layer, Workload.Decode decode, ExpertUse use, List<Part> parts) {
        Parameter parameter = found.parameter();
        Map<String, Routing> routings = new HashMap<>();
        for (Operator operator : found.run().block().operators()) {
            if (operator instanceof Operator.Embedding embedding
                    && embedding.table().equals(parameter)) {
                long rows = Math.multiplyExact(decode.sequences(), lookedUp(embedding));
                return isMultiplied(parameter, parts) ? Math.addExact(rows, parameter.elements()) : rows;
            }
            if (operator instanceof Operator.Router router) {
                routings.put(router.experts().name(), router.routing());
            }
            if (operator instanceof Operator.GroupedLinear grouped
                    && grouped.parameters().contains(parameter)) {
                Routing routing = routings.get(grouped.experts().name());
                long experts = parameter.shape().size(Axis.EXPERTS);
                long read = routing == null ? experts : use.distinct(layer, routing);
                return parameter.elements() / experts * read;
            }
        }
        return parameter.elements();
    }

    /// Elements that are looked up for one token: one row for each index.
    private static long lookedUp(Operator.Embedding embedding) {
        return embedding.output().shape().fixedElements();
    }

    /// Whether a table is a head's weight too.
    private static boolean isMultiplied(Parameter parameter, List<Part> parts) {
        return parts.stream()
                .flatMap(part -> part.runs().stream())
                .flatMap(run -> run.block().operators().stream())
                .anyMatch(operator -> operator instanceof Operator.Linear linear
                        && linear.weight().equals(parameter));
    }

    private static Bytes cache(Transformer model, Workload.Decode decode, Precision precision) {
        long elements = 0;
        for (BlockRuns run : BlockRuns.of(model)) {
            if (run.part().kind() != Part.Kind.TEXT_DECODER) {
                continue;
            }
            for (Operator operator : run.block().operators()) {
                if (operator instanceof Operator.Attention attention && !attention.isCross()) {
                    long entries = VisiblePairs.of(attention.mask(), decode.pastTokens(), 1);
                    long layer = Math.multiplyExact(entries, entry(attention, decode));
                    elements = Math.addExact(elements, Math.multiplyExact(layer, run.layers()));
                }
            }
        }
        return precision.keyValueCache().bytes(Math.multiplyExact(elements, decode.sequences()));
    }

    /// Elements that one token's entry has in one layer.
    private static long entry(Operator.Attention attention, Workload.Decode decode) {
        boolean latent = Latents.isLatent(attention) && decode.latentCache() == LatentCache.COMPRESSED;
        List<Value> values = latent ? attention.cached() : List.of(attention.key(), attention.value());
        return values.stream()
                .distinct()
                .map(Value::shape)
                .mapToLong(Shape::fixedElements)
                .sum();
    }
}
