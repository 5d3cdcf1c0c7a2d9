package dev.plimsoll.report.explain;

import dev.plimsoll.model.architecture.LayerRun;
import dev.plimsoll.model.architecture.Part;
import dev.plimsoll.model.architecture.Transformer;
import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.shape.Axis;
import dev.plimsoll.model.shape.Shape;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Arrays;
import java.util.Optional;

/// The topics that are worked on one operator of a model.
final class OperatorLessons {
    private static final String ARITHMETIC = "arithmetic";

    private OperatorLessons() {}

    static Lesson heads(Transformer model) {
        Lesson.Draft draft = new Lesson.Draft(Topic.HEADS)
                .say(
                        "Attention has a query heads of size d, and k key/value heads, each of which serves a / k query heads: as "
                                + "many (multi-head), fewer (grouped queries) or one (multi-query). Of the query projection, h x a x d, "
                                + "only the width a x d counts, however many heads share it; fewer key/value heads shrink keys, values "
                                + "and, above all, the cache.")
                .say(
                        "The head size need not be h / a: read it where the config says it. Dividing h by a is wrong for Qwen3, "
                                + "Gemma, Mistral-Nemo and others.");
        attention(model).ifPresent(core -> {
            long queryHeads = core.query().shape().size(Axis.QUERY_HEADS);
            Shape key = core.key().shape();
            long keyHeads = key.leading(3).trailing(1).fixedElements();
            long size = key.trailing(1).fixedElements();
            draft.show(
                            "query heads for each key/value head",
                            "a / k",
                            queryHeads + " / " + keyHeads,
                            queryHeads / keyHeads,
                            "heads",
                            ARITHMETIC)
                    .show(
                            "width of all queries",
                            "a x d",
                            queryHeads + " x " + size,
                            queryHeads * size,
                            "elements",
                            ARITHMETIC)
                    .show(
                            "width of all keys",
                            "k x d",
                            keyHeads + " x " + size,
                            keyHeads * size,
                            "elements",
                            ARITHMETIC);
        });
        return draft.done();
    }

    static Lesson matmul(Transformer model, long length) {
        Lesson.Draft draft = new Lesson.Draft(Topic.MATMUL)
                .say(
                        "A product of [rows x inner] and [inner x columns] is rows x columns sums of inner products each: two FLOPs "
                                + "for each of rows x inner x columns. It reads both matrices and writes the third. FLOPs over bytes "
                                + "moved is its arithmetic intensity; below the device's own ratio of FLOP/s to bytes a second it waits "
                                + "for memory, above it for arithmetic.")
                .say(
                        "One token at a time, a weight matrix is read for 2 FLOPs a number: 1 FLOP a byte in bf16. Many tokens share "
                                + "one reading.");
        widestLinear(model).ifPresent(linear -> {
            show(draft, linear, 1);
            show(draft, linear, length);
        });
        return draft.done();
    }

    /// The product with so many rows, which can take more than 2^63 FLOPs.
    private static void show(Lesson.Draft draft, Operator.Linear linear, long tokens) {
        long inputs = linear.inputs().fixedElements();
        long outputs = linear.outputs().fixedElements();
        BigDecimal work = product(2, tokens, inputs, outputs);
        BigDecimal moved =
                product(2, tokens, inputs).add(product(2, inputs, outputs)).add(product(2, tokens, outputs));
        String name = linear.name() + ", " + tokens + (tokens == 1 ? " token" : " tokens");
        draft.show(
                        name,
                        "2 x rows x inner x columns",
                        "2 x " + tokens + " x " + inputs + " x " + outputs,
                        work,
                        "FLOPs",
                        ARITHMETIC)
                .show(
                        name + ", moved in bf16",
                        "2 x (rows x inner + inner x columns + rows x columns)",
                        "2 x (" + tokens + " x " + inputs + " + " + inputs + " x " + outputs + " + " + tokens + " x "
                                + outputs + ")",
                        moved,
                        "B",
                        ARITHMETIC)
                .show(
                        name + ", intensity",
                        "FLOPs / bytes",
                        work + " / " + moved,
                        work.divide(moved, MathContext.DECIMAL64),
                        "FLOPs/B",
                        ARITHMETIC);
    }

    private static BigDecimal product(long... factors) {
        return Arrays.stream(factors).mapToObj(BigDecimal::valueOf).reduce(BigDecimal.ONE, BigDecimal::multiply);
    }

    private static Optional<Operator.Attention> attention(Transformer model) {
        for (Part part : model.parts()) {
            for (LayerRun run : part.runs()) {
                for (Operator operator : run.block().operators()) {
                    if (operator instanceof Operator.Attention attention
                            && attention.query().shape().has(Axis.QUERY_HEADS)) {
                        return Optional.of(attention);
                    }
                }
            }
        }
        return Optional.empty();
    }

    private static Optional<Operator.Linear> widestLinear(Transformer model) {
        Operator.Linear widest = null;
        for (Part part : model.parts()) {
            for (LayerRun run : part.runs()) {
                for (Operator operator : run.block().operators()) {
                    if (run.count() > 1
                            && operator instanceof Operator.Linear linear
                            && (widest == null
                                    || linear.weight().elements()
                                            > widest.weight().elements())) {
                        widest = linear;
                    }
                }
            }
        }
        return Optional.ofNullable(widest);
    }
}
