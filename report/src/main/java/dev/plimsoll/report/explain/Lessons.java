package dev.plimsoll.report.explain;

import dev.plimsoll.model.architecture.LayerRun;
import dev.plimsoll.model.architecture.Part;
import dev.plimsoll.model.architecture.Transformer;
import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.shape.Axis;
import dev.plimsoll.model.shape.DataType;
import dev.plimsoll.model.shape.Shape;
import dev.plimsoll.model.units.Bytes;
import dev.plimsoll.model.units.Numbers;
import dev.plimsoll.planner.cost.BlockParameters;
import dev.plimsoll.planner.cost.CacheFormat;
import dev.plimsoll.planner.cost.CountingConvention;
import dev.plimsoll.planner.cost.FlopCount;
import dev.plimsoll.planner.cost.KeyValueCacheSize;
import dev.plimsoll.planner.cost.ParameterCount;
import dev.plimsoll.planner.cost.RuleOfThumb;
import dev.plimsoll.planner.cost.Workload;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.List;
import java.util.Optional;

/// Works a topic out on a model.
public final class Lessons {
    private static final String ARITHMETIC = "arithmetic";

    private final Transformer model;
    private final ParameterCount parameters;
    private final long length;

    /// @param model the worked model
    /// @param length tokens of the worked sequence
    public Lessons(Transformer model, long length) {
        this.model = model;
        this.parameters = ParameterCount.of(model);
        this.length = length;
    }

    public Lesson about(Topic topic) {
        return switch (topic) {
            case DATA_TYPES -> dataTypes();
            case UNITS -> units();
            case LAYERS -> layers();
            case PARAMETERS -> parameters();
            case HEADS -> heads();
            case MATMUL -> matmul();
            case FLOPS -> flops();
            case KV -> cache();
            case OPTIMIZER -> optimizer();
            case TRAINING_VS_INFERENCE -> trainingAgainstInference();
            case TRAPS -> Traps.lesson();
        };
    }

    private Lesson dataTypes() {
        Lesson.Draft draft = new Lesson.Draft(Topic.DATA_TYPES)
                .say(
                        "A data type's name is a kind and a number of bits: f32, bf16, f16, fp8, int8, int4. Eight bits are a "
                                + "byte, so a parameter takes 4, 2, 2, 1, 1 and half a byte.")
                .say(
                        "Quantised types hold blocks: some numbers of few bits and a scale they share. Q4_0 holds 32 numbers "
                                + "in 18 bytes, which is 4.5 bits a number; counting a block's bytes as a number's is 32 times off.");
        for (DataType type : List.of(DataType.F32, DataType.BF16, DataType.F8_E4M3)) {
            long bytes = Math.multiplyExact(parameters.total(), type.blockBytes());
            draft.show(
                    "weights in " + type.name(),
                    "N x bytes",
                    parameters.total() + " x " + type.blockBytes(),
                    bytes,
                    "B",
                    "bits of the type over 8");
        }
        long blocks = Math.ceilDiv(parameters.total(), 32);
        return draft.show(
                        "weights in q4_0, if every row were whole blocks",
                        "blocks x bytes",
                        blocks + " x 18",
                        Math.multiplyExact(blocks, 18),
                        "B",
                        "ggml: a block of 32 takes 18 bytes")
                .done();
    }

    private Lesson units() {
        long bytes = Math.multiplyExact(parameters.total(), 2);
        return new Lesson.Draft(Topic.UNITS)
                .say(
                        "Parameters and tokens count by thousands: 1 K = 10^3, 1 M = 10^6, 1 B = 10^9. Memory has both: 1 GB = "
                                + "10^9 bytes and 1 GiB = 2^30 bytes, 7.4 % more. Plimsoll prints GiB for 2^30, GB for 10^9, and in "
                                + "JSON plain bytes.")
                .say("FLOPs are a number of operations, FLOP/s a speed; one multiply-add is two operations.")
                .show("weights in bf16", "2 x N", "2 x " + parameters.total(), bytes, "B", ARITHMETIC)
                .show(
                        "the same in GiB",
                        "2 x N / 2^30",
                        bytes + " / 1073741824",
                        quotient(bytes, 1L << 30),
                        "GiB",
                        ARITHMETIC)
                .show(
                        "the same in GB",
                        "2 x N / 10^9",
                        bytes + " / 1000000000",
                        quotient(bytes, 1_000_000_000),
                        "GB",
                        ARITHMETIC)
                .done();
    }

    private Lesson layers() {
        Lesson.Draft draft = new Lesson.Draft(Topic.LAYERS)
                .say(
                        "Linear maps, embeddings, norms and convolutions have parameters: their memory is the same whatever the "
                                + "input is. Activation functions, residual additions, rotary positions and attention's softmax have "
                                + "none. What depends on batch and length is the activations (in training all that the backward pass "
                                + "reads, in inference only those at work) and the KV cache.");
        for (BlockParameters block : parameters.blocks()) {
            draft.show(
                    block.part() + ": " + block.name(),
                    "blocks x parameters of one",
                    block.parametersOfOne() == 0 || block.parameters() % block.parametersOfOne() != 0
                            ? Long.toString(block.parameters())
                            : block.parameters() / block.parametersOfOne() + " x " + block.parametersOfOne(),
                    block.parameters(),
                    "parameters",
                    "product of each tensor's dimensions");
        }
        return draft.done();
    }

    private Lesson parameters() {
        Lesson.Draft draft = new Lesson.Draft(Topic.PARAMETERS)
                .say(
                        "An embedding has V x h parameters. Attention has four matrices: h x a x d for queries and output, h x k x d "
                                + "for keys and values. A feed-forward network has two of h x f, a gated one three. Norms have h, or 2h "
                                + "with a bias. Tied tables count once.")
                .say(
                        "The textbook's 12 x l x h^2 is for a classic decoder: as many key/value heads as query heads, f = 4h, no "
                                + "gate. Count by parts for anything else.")
                .show(parameters.explanations());
        parameters.textbook().ifPresent(textbook -> draft.show(List.of(textbook.closedForm())));
        return draft.done();
    }

    private Lesson heads() {
        Lesson.Draft draft = new Lesson.Draft(Topic.HEADS)
                .say(
                        "Attention has a query heads of size d, and k key/value heads, each of which serves a / k query heads: as "
                                + "many (multi-head), fewer (grouped queries) or one (multi-query). Of the query projection, h x a x d, "
                                + "only the width a x d counts, however many heads share it; fewer key/value heads shrink keys, values "
                                + "and, above all, the cache.")
                .say(
                        "The head size need not be h / a: read it where the config says it. Dividing h by a is wrong for Qwen3, "
                                + "Gemma, Mistral-Nemo and others.");
        attention().ifPresent(core -> {
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

    private Lesson matmul() {
        Lesson.Draft draft = new Lesson.Draft(Topic.MATMUL)
                .say(
                        "A product of [rows x inner] and [inner x columns] is rows x columns sums of inner products each: two FLOPs "
                                + "for each of rows x inner x columns. It reads both matrices and writes the third. FLOPs over bytes moved is its arithmetic intensity; below the device's own ratio of FLOP/s "
                                + "to bytes a second it waits for memory, above it for arithmetic.")
                .say(
                        "One token at a time, a weight matrix is read for 2 FLOPs a number: 1 FLOP a byte in bf16. Many tokens share "
                                + "one reading.");
        widestLinear().ifPresent(linear -> {
            long inputs = linear.inputs().fixedElements();
            long outputs = linear.outputs().fixedElements();
            for (long tokens : List.of(1L, length)) {
                long work = 2 * tokens * inputs * outputs;
                long moved = 2 * (tokens * inputs + inputs * outputs + tokens * outputs);
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
                                "2 x (" + tokens + " x " + inputs + " + " + inputs + " x " + outputs + " + " + tokens
                                        + " x " + outputs + ")",
                                moved,
                                "B",
                                ARITHMETIC)
                        .show(
                                name + ", intensity",
                                "FLOPs / bytes",
                                work + " / " + moved,
                                quotient(work, moved),
                                "FLOPs/B",
                                ARITHMETIC);
            }
        });
        return draft.done();
    }

    private Lesson flops() {
        Workload forward = new Workload.Prefill(1, length, 0);
        Workload training = new Workload.Training(1, length);
        RuleOfThumb rule = RuleOfThumb.of(model, training);
        return new Lesson.Draft(Topic.FLOPS)
                .say(
                        "Forward, each parameter of a matrix is multiplied and added once for each token: 2N FLOPs a token, and "
                                + "attention's products of queries, keys and values on top, which grow with the context. Backward, each "
                                + "product is done twice more, once for the gradient of its input and once for that of its weight: 6N in "
                                + "all, or 6ND for D tokens.")
                .say(
                        "Conventions differ: whether a causal mask halves attention, whether recomputation, logits, embedding and "
                                + "routers count. Two figures compare only under one convention; plimsoll flops names it.")
                .say("The figures below are strict, for one sequence of " + Numbers.grouped(length) + " tokens; 6ND is "
                        + Numbers.decimals(100 * rule.ratio(), 2) + " % of the strict training count.")
                .show(FlopCount.of(model, forward, CountingConvention.STRICT).explanations())
                .show(List.of(rule.explanation()))
                .done();
    }

    private Lesson cache() {
        KeyValueCacheSize cache = KeyValueCacheSize.of(model, CacheFormat.of(DataType.BF16));
        Lesson.Draft draft = new Lesson.Draft(Topic.KV)
                .say(
                        "Decoding, a token's keys and values are kept for the tokens after it: 2 (K and V) x layers x key/value "
                                + "heads x head size x bytes, for every token of every sequence. It grows with context and batch, and "
                                + "the weights do not.")
                .say(
                        "A layer that looks through a window keeps only the window; one that uses another's keys keeps nothing; "
                                + "latent attention keeps one small latent; a recurrent layer keeps a state that does not grow. An "
                                + "engine without a manager for hybrid caches charges all layers for all tokens: plimsoll kv shows "
                                + "both.")
                .say("Figures for one sequence of " + Numbers.grouped(length) + " tokens in bf16.")
                .show(cache.explanations(length, 1));
        cache.textbook(length, 1).ifPresent(textbook -> draft.show(List.of(textbook.closedForm())));
        return draft.done();
    }

    private Lesson optimizer() {
        long n = parameters.total();
        return new Lesson.Draft(Topic.OPTIMIZER)
                .say(
                        "Training keeps, for each parameter, its weight, its gradient and the optimizer's states: none for SGD, one "
                                + "for momentum, two for Adam. With mixed precision the optimizer works on an f32 copy of the weights.")
                .say(
                        "Accounts differ by what is kept twice. 20 bytes: bf16 and f32 weights (6), bf16 and f32 gradients (6), two "
                                + "f32 states (8). 18: the bf16 gradient is not kept. 16: the gradient is bf16 alone. Sharding the "
                                + "optimizer over D devices leaves 6 + 12/D.")
                .show(
                        "20-byte account",
                        "(2 + 4 + 2 + 4 + 4 + 4) x N",
                        "(2 + 4 + 2 + 4 + 4 + 4) x " + n,
                        Math.multiplyExact(20, n),
                        "B",
                        "fp16 weights and gradients, each with an f32 copy; Adam")
                .show(
                        "18-byte account",
                        "(2 + 4 + 4 + 4 + 4) x N",
                        "(2 + 4 + 4 + 4 + 4) x " + n,
                        Math.multiplyExact(18, n),
                        "B",
                        "Megatron-LM: f32 gradients")
                .show(
                        "16-byte account",
                        "(2 + 4 + 2 + 4 + 4) x N",
                        "(2 + 4 + 2 + 4 + 4) x " + n,
                        Math.multiplyExact(16, n),
                        "B",
                        "Rajbhandari et al. 2020 (ZeRO), section 3.1")
                .show(
                        "SGD in f32, without momentum",
                        "(4 + 4) x N",
                        "(4 + 4) x " + n,
                        Math.multiplyExact(8, n),
                        "B",
                        ARITHMETIC)
                .done();
    }

    private Lesson trainingAgainstInference() {
        long n = parameters.total();
        KeyValueCacheSize cache = KeyValueCacheSize.of(model, CacheFormat.of(DataType.BF16));
        Bytes kept = cache.totalBytes(length, 1);
        return new Lesson.Draft(Topic.TRAINING_VS_INFERENCE)
                .say("Inference holds the weights, the KV cache and short-lived intermediates. Training holds weights, "
                        + "gradients, optimizer states and every activation that the backward pass reads; no cache.")
                .say(
                        "So \"training takes three to four times inference\" holds for weights, gradients and two states of one "
                                + "width; with mixed precision the state alone is 8 to 10 times the bf16 weights, before any activation.")
                .show("inference: weights in bf16", "2 x N", "2 x " + n, Math.multiplyExact(2, n), "B", ARITHMETIC)
                .show(
                        "inference: cache and states of one sequence",
                        "bytes",
                        Long.toString(kept.count()),
                        kept.count(),
                        "B",
                        "plimsoll kv")
                .show(
                        "training: 18-byte account",
                        "18 x N",
                        "18 x " + n,
                        Math.multiplyExact(18, n),
                        "B",
                        "plimsoll explain optimizer")
                .show(
                        "training state over inference weights",
                        "18 x N / (2 x N)",
                        "18 x " + n + " / (2 x " + n + ")",
                        9,
                        "times",
                        ARITHMETIC)
                .done();
    }

    private Optional<Operator.Attention> attention() {
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

    private Optional<Operator.Linear> widestLinear() {
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

    private static BigDecimal quotient(long value, long by) {
        return new BigDecimal(value).divide(new BigDecimal(by), MathContext.DECIMAL64);
    }
}
