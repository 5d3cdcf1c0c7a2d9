package dev.plimsoll.model.architecture;

import dev.plimsoll.model.architecture.SelfAttention.Projection;
import dev.plimsoll.model.operator.AttentionMask;
import dev.plimsoll.model.operator.AttentionScores;
import dev.plimsoll.model.operator.AttentionScores.PositionBias;
import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.operator.Parameter;
import dev.plimsoll.model.operator.Role;
import dev.plimsoll.model.operator.Value;
import dev.plimsoll.model.shape.Axis;
import dev.plimsoll.model.shape.Shape;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;

/// An encoder's attention whose scores add products of content with relative positions.
///
/// Parameters: four maps of `h·a·d` and their biases, one more for each term where positions have maps of their own,
/// and
/// once for the whole model a table `B·h` of relative positions with its normalisation. Source: He et al. 2021
/// (DeBERTa), equations 2 to 4.
///
/// @param biased the projections of content that add a bias
/// @param buckets rows of the table, for distances to either side
/// @param tableNorm a normalisation of the table's rows
/// @param terms which products are added
/// @param positions what the table's rows are projected with
public record DisentangledAttention(
        Heads heads,
        Set<Projection> biased,
        long buckets,
        Optional<NormRecipe> tableNorm,
        Set<Term> terms,
        PositionProjections positions)
        implements Sublayer {
    /// A product that is added to that of content with content.
    public enum Term {
        CONTENT_TO_POSITION,
        POSITION_TO_CONTENT
    }

    /// What the rows of the position table are projected with.
    public enum PositionProjections {
        /// The query's and the key's own maps (DeBERTa v3).
        OF_CONTENT,
        /// Maps of their own, both with a bias (DeBERTa v2).
        OWN,
        /// Maps of their own, the one for keys without a bias (DeBERTa v1).
        OWN_KEY_UNBIASED
    }

    public DisentangledAttention {
        biased = Set.copyOf(biased);
        terms = Set.copyOf(terms);
    }

    @Override
    public String key() {
        return "attention";
    }

    @Override
    public Value append(BlockBuilder block, Value input) {
        Shape width = input.shape().trailing(1);
        Value query = project(block, "attention.query", "attention.query", input, heads.query(), Projection.QUERY);
        Value key = project(block, "attention.key", "attention.key", input, heads.key(), Projection.KEY);
        Value value = project(block, "attention.value", "attention.value", input, heads.value(), Projection.VALUE);
        double scale = 1 / Math.sqrt((double) heads.headSize() * (1 + terms.size()));
        Value output = block.append(new Operator.Attention(
                "attention.core",
                Role.CORE_ATTENTION,
                query,
                key,
                value,
                Optional.empty(),
                new AttentionMask.Everything(),
                new AttentionScores(scale, OptionalDouble.empty(), relativePositions(block, width), Optional.empty()),
                List.of(),
                Value.activation("attention.core", block.tokens().then(heads.output()))));
        return block.linear(
                "attention.output",
                Role.ATTENTION_OUTPUT,
                output,
                heads.output(),
                width,
                Projection.OUTPUT.bias(biased));
    }

    private PositionBias relativePositions(BlockBuilder block, Shape width) {
        Shape rows = Shape.of(Axis.BUCKETS, buckets);
        Parameter table = block.parameter(
                "relative_positions.weight", Parameter.Kind.TABLE, Parameter.Sharing.WHOLE_MODEL, rows, width);
        Value numbers = block.input(Value.index("relative_positions.rows", rows));
        Value embedded = block.append(new Operator.Embedding(
                "relative_positions",
                Role.POSITION,
                numbers,
                table,
                Value.activation("relative_positions", rows.then(width))));
        Value normalized =
                tableNorm.map(recipe -> normalize(block, embedded, recipe)).orElse(embedded);
        return new PositionBias.Disentangled(
                projected(block, Term.CONTENT_TO_POSITION, "key", normalized, heads.key(), Projection.KEY),
                projected(block, Term.POSITION_TO_CONTENT, "query", normalized, heads.query(), Projection.QUERY));
    }

    private static Value normalize(BlockBuilder block, Value table, NormRecipe recipe) {
        String key = "relative_positions.normalization";
        Shape width = table.shape().trailing(1);
        Parameter gain = block.parameter(key + ".weight", Parameter.Kind.GAIN, Parameter.Sharing.WHOLE_MODEL, width);
        Parameter bias = block.parameter(key + ".bias", Parameter.Kind.BIAS, Parameter.Sharing.WHOLE_MODEL, width);
        return block.append(new Operator.Normalization(
                key,
                Role.NORMALIZATION,
                table,
                recipe.kind(),
                recipe.epsilon(),
                1,
                Optional.of(gain),
                Optional.of(bias),
                Value.activation(key, table.shape())));
    }

    private Optional<Value> projected(
            BlockBuilder block, Term term, String name, Value rows, Shape outputs, Projection projection) {
        if (!terms.contains(term)) {
            return Optional.empty();
        }
        String operator = "attention.position_" + name;
        Presence ownBias = positions == PositionProjections.OWN_KEY_UNBIASED && projection == Projection.KEY
                ? Presence.ABSENT
                : Presence.PRESENT;
        Shape width = rows.shape().trailing(1);
        return Optional.of(
                switch (positions) {
                    case OF_CONTENT -> project(block, operator, "attention." + name, rows, outputs, projection);
                    case OWN, OWN_KEY_UNBIASED ->
                        block.linear(operator, Role.QUERY_KEY_VALUE, rows, width, outputs, ownBias);
                });
    }

    /// A linear map by the parameters called after `parameters`.
    private Value project(
            BlockBuilder block, String operator, String parameters, Value input, Shape outputs, Projection projection) {
        Shape width = input.shape().trailing(1);
        Parameter weight = block.parameter(parameters + ".weight", Parameter.Kind.MATRIX, outputs, width);
        return block.linear(
                operator,
                Role.QUERY_KEY_VALUE,
                input,
                weight,
                width,
                outputs,
                block.bias(parameters, projection.bias(biased), outputs));
    }
}
