package dev.plimsoll.planner.cost;

import dev.plimsoll.model.operator.AttentionMask;
import dev.plimsoll.model.operator.AttentionScores.PositionBias;
import dev.plimsoll.model.operator.Collective;
import dev.plimsoll.model.operator.ConvolutionKind;
import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.operator.Parameter;
import dev.plimsoll.model.operator.Role;
import dev.plimsoll.model.operator.Value;
import dev.plimsoll.model.shape.Axis;
import dev.plimsoll.model.shape.Dimension;
import dev.plimsoll.model.shape.Shape;
import dev.plimsoll.planner.result.Explanation;
import dev.plimsoll.planner.result.Tally;
import java.util.Optional;

/// The multiply-adds of one operator's forward pass, two FLOPs each.
///
/// - Linear map, experts, router: outputs times inputs, for each token (and chosen expert).
/// - Attention core: for each query head and visible pair, one key head width for the score and one value head width
///   for the sum. Disentangled positions and sinusoids: the head width for each query head, token and row of positions.
/// - Indexer: for each head and visible pair, one key width for the score and one for the weighted sum over heads.
/// - Convolution: kernel width for each output (and for each input channel of a dense one).
/// - State space: three for each state element and token (decay of the state, its input, its read-out), one for each
///   channel (the skip).
/// - Delta rule: four for each state element and token (decay of the state, its product with the key, the rank-one
///   correction, its product with the query).
///
/// Not counted: look-ups, normalisations, activations, gates, rotations, softmax, residual additions, the weighted sum
/// of experts, biases, pooling.
final class OperatorFlops {
    private static final int SCAN_PRODUCTS = 3;
    private static final int DELTA_RULE_PRODUCTS = 4;
    private static final int MEGATRON_SCAN_FLOPS = 7;

    private final CountingConvention convention;
    private final OpenSizes sizes;

    OperatorFlops(CountingConvention convention, OpenSizes sizes) {
        this.convention = convention;
        this.sizes = sizes;
    }

    /// Adds the operator's work, as one leaf or none.
    ///
    /// @param times how often it is run: layers, gradients, or both
    /// @param beside the block it stands in
    void count(Operator operator, Repeats times, BlockRuns beside, Tally tally) {
        if (!sizes.isRun(operator)) {
            return;
        }
        switch (operator) {
            case Operator.Linear linear -> linear(linear, times, tally);
            case Operator.GroupedLinear grouped -> grouped(grouped, times, tally);
            case Operator.Router router -> router(router, times, tally);
            case Operator.Attention attention -> attention(attention, times, tally);
            case Operator.TokenSelection selection -> selection(selection, times, tally);
            case Operator.Convolution convolution -> convolution(convolution, times, beside, tally);
            case Operator.StateSpaceScan scan -> scan(scan, times, tally);
            case Operator.DeltaRule rule -> deltaRule(rule, times, tally);
            case Operator.Normalization normalization -> normalization(normalization, times, tally);
            case Operator.Embedding embedding -> {}
            case Operator.RotaryEmbedding rotary -> {}
            case Operator.Activation activation -> {}
            case Operator.Multiply multiply -> {}
            case Operator.Add add -> {}
            case Operator.Scale scale -> {}
            case Operator.Dispatch dispatch -> {}
            case Operator.Combine combine -> {}
            case Operator.Concatenate concatenate -> {}
            case Operator.TokenPooling pooling -> {}
            case Operator.Dropout dropout -> {}
            case Operator.CrossEntropy loss -> {}
            case Operator.AddBias bias -> {}
            case Collective collective ->
                throw new IllegalArgumentException(collective.name() + ": a model's own description has none");
        }
    }

    /// How often an operator's forward work is counted.
    ///
    /// @param gradients 1 forward; backward as many products as there are gradients to find
    record Repeats(long layers, long gradients) {}

    private static Tally begin(Operator operator, Repeats times, long constant, Tally tally) {
        tally.leaf(operator.name()).times(constant);
        if (times.gradients > 1) {
            tally.times(times.gradients);
        }
        return times.layers > 1 ? tally.times("L", times.layers) : tally;
    }

    private void linear(Operator.Linear linear, Repeats times, Tally tally) {
        boolean chooses = linear.role() == Role.INDEXER
                || (linear.role() == Role.SHARED_EXPERT && linear.outputs().has(Axis.UNIT));
        if (chooses && convention.choosers() == CountingConvention.Choosers.NOT_COUNTED) {
            return;
        }
        begin(linear, times, 2, tally);
        Shape output = linear.output().shape();
        for (Dimension dimension : output.dimensions()) {
            boolean head = linear.role() == Role.HEAD && dimension.axis() == Axis.VOCABULARY;
            long size = sizes.of(dimension);
            tally.times(dimension.axis().letter(), head ? convention.padded(size) : size);
        }
        int kept = output.rank();
        Shape weight = linear.weight().shape();
        int contracted = (weight.rank() + linear.input().shape().rank() - kept) / 2;
        inner(weight, weight.rank() - contracted, tally);
    }

    private void grouped(Operator.GroupedLinear grouped, Repeats times, Tally tally) {
        begin(grouped, times, 2, tally);
        Shape weight = grouped.weight().shape();
        for (Dimension dimension : grouped.output().shape().dimensions()) {
            Axis axis = dimension.axis();
            if (axis == Axis.TOP_K && convention.experts() == CountingConvention.Experts.ALL) {
                tally.times(Axis.EXPERTS.letter(), weight.size(Axis.EXPERTS));
            } else {
                tally.times(axis.letter(), sizes.of(dimension));
            }
        }
        inner(weight, weight.rank() - 1, tally);
    }

    private void router(Operator.Router router, Repeats times, Tally tally) {
        if (convention.choosers() == CountingConvention.Choosers.NOT_COUNTED) {
            return;
        }
        begin(router, times, 2, tally);
        tally.times(Axis.EXPERTS.letter(), router.routing().experts());
        inner(router.input().shape(), 0, tally);
    }

    private void attention(Operator.Attention attention, Repeats times, Tally tally) {
        boolean inLatentSpace = sizes.workload() instanceof Workload.Decode decode
                && decode.latentCache() == LatentCache.COMPRESSED
                && Latents.isLatent(attention);
        long scores = inLatentSpace
                ? Latents.scoreWidth(attention)
                : lastSize(attention.query().shape());
        long values = inLatentSpace
                ? Latents.valueWidth(attention)
                : lastSize(attention.value().shape());
        Shape query = attention.query().shape();
        pairs(attention, begin(attention, times, 1, tally));
        tally.times("b", sizes.of(Axis.BATCH))
                .times("a", sizes.of(query.dimensions().get(2)));
        tally.timesSum("(d + w)", 1, scores, values);
        positions(attention, times, tally);
    }

    private void positions(Operator.Attention attention, Repeats times, Tally tally) {
        switch (attention.scores().positions()) {
            case PositionBias.None none -> {}
            case PositionBias.LinearBias slopes -> {}
            case PositionBias.Buckets buckets -> {}
            case PositionBias.Disentangled(Optional<Value> keys, Optional<Value> queries) -> {
                keys.ifPresent(
                        rows -> positionRows(attention, rows.shape().leading(1).fixedElements(), times, tally));
                queries.ifPresent(
                        rows -> positionRows(attention, rows.shape().leading(1).fixedElements(), times, tally));
            }
            case PositionBias.Sinusoids(Parameter projection) ->
                positionRows(
                        attention,
                        projection.elements() / projection.fileDimensions().getLast(),
                        times,
                        tally);
        }
    }

    private void positionRows(Operator.Attention attention, long rows, Repeats times, Tally tally) {
        begin(attention, times, 2, tally);
        inner(attention.query().shape(), 0, tally);
        tally.times("rows", rows);
    }

    /// Multiply-adds of one query head for one pair of tokens.
    private static long widths(Operator.Attention attention) {
        return lastSize(attention.query().shape()) + lastSize(attention.value().shape());
    }

    private static long lastSize(Shape shape) {
        return shape.dimensions().getLast() instanceof Dimension.Fixed fixed ? fixed.size() : 1;
    }

    /// FLOPs of all query heads for one pair of tokens, heads expanded.
    static long perPair(Operator.Attention attention) {
        Shape query = attention.query().shape();
        return 2 * query.trailing(2).leading(1).fixedElements() * widths(attention);
    }

    /// FLOPs of all an indexer's heads for one pair of tokens.
    static long perPair(Operator.TokenSelection selection) {
        Shape query = selection.query().shape();
        return 2 * query.trailing(2).leading(1).fixedElements() * (indexWidth(selection) + 1);
    }

    /// Twice the pairs that one sequence's queries are counted to look at, as factors.
    private void pairs(Operator.Attention attention, Tally tally) {
        Dimension tokens = attention.query().shape().dimensions().get(1);
        if (attention.isCross()) {
            Dimension source = attention.key().shape().dimensions().get(1);
            tally.times(2).times(tokens.axis().letter(), sizes.of(tokens));
            tally.times(source.axis().letter(), sizes.of(source));
            return;
        }
        pairs(attention.mask(), tokens.axis(), tally);
    }

    /// The line behind the number of pairs, where the mask is counted pair by pair.
    Optional<Explanation> explainPairs(Operator operator) {
        if (operator instanceof Operator.TokenSelection) {
            return explainPairs(new AttentionMask.Causal(), Axis.SEQUENCE);
        }
        if (operator instanceof Operator.Attention attention && !attention.isCross()) {
            Dimension tokens = attention.query().shape().dimensions().get(1);
            return explainPairs(attention.mask(), tokens.axis());
        }
        return Optional.empty();
    }

    private Optional<Explanation> explainPairs(AttentionMask mask, Axis tokens) {
        if (counted(mask) != CountingConvention.Pairs.VISIBLE) {
            return Optional.empty();
        }
        long past = tokens == Axis.SEQUENCE ? sizes.workload().pastTokens() : 0;
        return Optional.of(WrittenPairs.of(mask, past, sizes.of(tokens)));
    }

    private CountingConvention.Pairs counted(AttentionMask mask) {
        return switch (mask) {
            case AttentionMask.Everything everything -> CountingConvention.Pairs.FULL_SQUARE;
            case AttentionMask.Blocks blocks -> CountingConvention.Pairs.VISIBLE;
            case AttentionMask.Causal causal -> convention.pairs();
            case AttentionMask.SlidingWindow window -> convention.pairs();
            case AttentionMask.Chunked chunked -> convention.pairs();
            case AttentionMask.Selected selected -> convention.pairs();
        };
    }

    /// @param tokens the axis of the queries
    private void pairs(AttentionMask mask, Axis tokens, Tally tally) {
        long past = tokens == Axis.SEQUENCE ? sizes.workload().pastTokens() : 0;
        long fresh = sizes.of(tokens);
        switch (counted(mask)) {
            case VISIBLE -> tally.times(2).times("pairs", VisiblePairs.of(mask, past, fresh));
            case CAUSAL_HALF -> tally.times("s", fresh).timesSum("(2 x C + s)", 2, past, fresh);
            case FULL_SQUARE -> {
                tally.times(2).times(tokens.letter(), fresh);
                if (tokens == Axis.SEQUENCE) {
                    tally.timesSum("(C + s)", 1, past, fresh);
                } else {
                    tally.times(tokens.letter(), fresh);
                }
            }
        }
    }

    private void selection(Operator.TokenSelection selection, Repeats times, Tally tally) {
        if (convention.choosers() == CountingConvention.Choosers.NOT_COUNTED) {
            return;
        }
        begin(selection, times, 1, tally);
        pairs(new AttentionMask.Causal(), Axis.SEQUENCE, tally);
        tally.times("b", sizes.of(Axis.BATCH));
        tally.times("j", sizes.of(selection.query().shape().dimensions().get(2)));
        tally.timesSum("(y + 1)", 1, indexWidth(selection), 1);
    }

    private static long indexWidth(Operator.TokenSelection selection) {
        return lastSize(selection.key().shape());
    }

    private void convolution(Operator.Convolution convolution, Repeats times, BlockRuns beside, Tally tally) {
        if (convention.recurrences() == CountingConvention.Recurrences.SEVEN_A_STATE && hasScan(beside)) {
            return;
        }
        begin(convolution, times, 2, tally);
        inner(convolution.output().shape(), 0, tally);
        switch (convolution.kind()) {
            case ConvolutionKind.CausalByChannel(int width) -> tally.times("c", width);
            case ConvolutionKind.Dense dense -> {
                tally.times("c", dense.width());
                Shape input = convolution.input().shape();
                inner(input, 2, tally);
            }
        }
    }

    private static boolean hasScan(BlockRuns run) {
        for (Operator operator : run.block().operators()) {
            if (operator instanceof Operator.StateSpaceScan) {
                return true;
            }
        }
        return false;
    }

    private void scan(Operator.StateSpaceScan scan, Repeats times, Tally tally) {
        boolean seven = convention.recurrences() == CountingConvention.Recurrences.SEVEN_A_STATE;
        begin(scan, times, seven ? MEGATRON_SCAN_FLOPS : 2 * SCAN_PRODUCTS, tally);
        perToken(scan.state(), tally);
        if (!seven) {
            begin(scan, times, 2, tally);
            inner(scan.input().shape(), 0, tally);
        }
    }

    private void deltaRule(Operator.DeltaRule rule, Repeats times, Tally tally) {
        begin(rule, times, 2 * DELTA_RULE_PRODUCTS, tally);
        perToken(rule.state(), tally);
    }

    private void normalization(Operator.Normalization normalization, Repeats times, Tally tally) {
        Shape shape = normalization.input().shape();
        if (convention.latentNorms() == CountingConvention.LatentNorms.COUNTED
                && shape.dimensions().getLast().axis() == Axis.LATENT) {
            begin(normalization, times, 2, tally);
            inner(shape, 0, tally);
        }
    }

    private void perToken(Shape state, Tally tally) {
        tally.times("b", sizes.of(Axis.BATCH)).times("s", sizes.of(Axis.SEQUENCE));
        inner(state, 0, tally);
    }

    private void inner(Shape shape, int from, Tally tally) {
        for (int i = from; i < shape.rank(); i++) {
            Dimension dimension = shape.dimensions().get(i);
            tally.times(dimension.axis().letter(), sizes.of(dimension));
        }
    }
}
