package dev.plimsoll.report.explain;

import dev.plimsoll.model.architecture.Transformer;
import dev.plimsoll.model.shape.DataType;
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
import java.util.List;

/// Works a topic out on a model.
public final class Lessons {
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
            case DATA_TYPES -> SizeLessons.dataTypes(parameters.total());
            case UNITS -> SizeLessons.units(parameters.total());
            case LAYERS -> layers();
            case PARAMETERS -> parameters();
            case HEADS -> OperatorLessons.heads(model);
            case MATMUL -> OperatorLessons.matmul(model, length);
            case FLOPS -> flops();
            case KV -> cache();
            case OPTIMIZER -> SizeLessons.optimizer(parameters.total());
            case ACTIVATIONS -> training().activations();
            case PARALLELISM -> training().parallelism();
            case TRAINING_TIME -> training().time();
            case TRAINING_VS_INFERENCE -> SizeLessons.trainingAgainstInference(parameters.total(), kept());
            case TRAPS -> Traps.lesson();
        };
    }

    private TrainingLessons training() {
        return new TrainingLessons(model, parameters.total(), length);
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
        KeyValueCacheSize cache = cacheSize();
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

    private KeyValueCacheSize cacheSize() {
        return KeyValueCacheSize.of(model, CacheFormat.of(DataType.BF16));
    }

    private Bytes kept() {
        return cacheSize().totalBytes(length, 1);
    }
}
