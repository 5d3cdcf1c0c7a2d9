package dev.plimsoll.verification;

import dev.plimsoll.engine.kernel.Kernels;
import dev.plimsoll.engine.training.DistributedJob;
import dev.plimsoll.model.architecture.Transformer;
import dev.plimsoll.model.execution.Parallelism;
import dev.plimsoll.model.execution.Parallelism.PipelineParallel;
import dev.plimsoll.model.execution.Parallelism.SequenceSplit;
import dev.plimsoll.model.failure.FailureKind;
import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.rewrite.DeviceProgram;
import dev.plimsoll.model.rewrite.Divisors;
import dev.plimsoll.model.rewrite.Shrinking;
import dev.plimsoll.model.rewrite.Shrunk;
import dev.plimsoll.model.units.Bytes;
import dev.plimsoll.planner.device.DeviceStates;
import dev.plimsoll.verification.DistributedQuestion.DealtBatch;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/// Predicts, executes and compares training steps on virtual devices: what each of them holds and sends, and, in f32,
/// that they find what one device finds.
public final class DistributedVerifier {
    private static final int TOKENS = 16;
    /// Of the memory there is, what states may take: values are compared with those of one device more.
    private static final double SHARE_OF_STATES = 0.3;

    private final Parallelism parallelism;
    private final int sequences;
    private final int microBatches;
    private final long memory;

    /// @param sequences of a micro-batch
    /// @param microBatches of each replica
    /// @param memory bytes that may be used in all
    public DistributedVerifier(Parallelism parallelism, int sequences, int microBatches, long memory) {
        this.parallelism = parallelism;
        this.sequences = sequences;
        this.microBatches = microBatches;
        this.memory = memory;
    }

    /// Catalogue models that can be split like this: with experts where those are dealt out, or where tokens are split.
    public List<String> models() {
        List<String> models = new ArrayList<>();
        boolean experts = parallelism.expert().degree() * parallelism.expert().tensorDegree() > 1;
        if (!experts) {
            models.addAll(List.of("gpt2", "llama-3.1-8b"));
        }
        if (parallelism.tensor().degree() == 1 || parallelism.tensor().sequence() == SequenceSplit.SPLIT) {
            models.addAll(List.of("mixtral-8x7b", "deepseek-v3"));
        }
        return models;
    }

    /// The model scaled down to sizes that the degrees divide.
    ///
    /// @throws InputException where the degrees do not fit, with every reason
    public List<Verified> shrunk(String name, Transformer transformer) {
        return verify(name, shrunkQuestions(name, transformer));
    }

    /// The model as it is.
    ///
    /// @throws InputException where the degrees do not fit, with every reason; and before anything is executed, where the
    ///     devices together need more memory than there is
    public List<Verified> whole(String name, Transformer transformer) {
        long positions = transformer.maxPositions().orElse(TOKENS);
        return verify(name, questions(name, transformer, parallelism, (int) Math.min(TOKENS, positions)));
    }

    private void requireMicroBatches() {
        int stages = parallelism.pipeline().degree();
        if (parallelism.pipeline().chunks() > 1 && microBatches % stages != 0) {
            throw InputException.usage(
                    "pipeline: found %d micro-batches for %d interleaved stages, expected a multiple of the stages"
                            .formatted(microBatches, stages),
                    "Give a multiple of the stages, or one chunk for each stage.");
        }
    }

    private List<Verified> verify(String name, List<DistributedQuestion> questions) {
        requireMicroBatches();
        questions.forEach(this::requireMemory);
        List<Verified> runs = new ArrayList<>();
        for (DistributedQuestion question : questions) {
            runs.add(new Verified(
                    name,
                    words() + ": " + question.plan().words(),
                    compared(question, Kernels.best()),
                    OptionalDouble.empty()));
        }
        return runs;
    }

    private void requireMemory(DistributedQuestion question) {
        Bytes needed = Bytes.ZERO;
        for (DeviceProgram device : question.job().devices()) {
            needed = needed.plus(
                    DeviceStates.of(device, question.plan().optimizer()).total());
        }
        if (needed.count() > memory * SHARE_OF_STATES) {
            throw new InputException(
                    FailureKind.SURROUNDINGS,
                    question.model() + ": the devices together hold states of " + needed + ", expected at most "
                            + (int) (100 * SHARE_OF_STATES) + " % of the " + new Bytes(memory)
                            + " that this process may use",
                    "Scale the model down with --shrink.");
        }
    }

    /// One for each plan.
    private List<DistributedQuestion> questions(String name, Transformer transformer, Parallelism split, int tokens) {
        DealtBatch batch = new DealtBatch(sequences, microBatches, tokens);
        return Plan.onDevices(parallelism).stream()
                .map(plan -> new DistributedQuestion(name, transformer, plan, split, batch))
                .toList();
    }

    /// What [#shrunk] asks.
    List<DistributedQuestion> shrunkQuestions(String name, Transformer transformer) {
        Shrunk small = Shrinking.of(transformer, Divisors.of(parallelism));
        return questions(
                name,
                small.transformer(),
                dealt(small.transformer()),
                Math.toIntExact(small.sizes().sequence()));
    }

    /// A shrunk model may have kinds of layers of which there are few, so that its layers are not a multiple of the
    /// pipeline's pieces: the first pieces have one more.
    private Parallelism dealt(Transformer transformer) {
        PipelineParallel pipeline = parallelism.pipeline();
        int chunks = pipeline.degree() * pipeline.chunks();
        int layers = TextStack.of(transformer).layers();
        if (!pipeline.layers().isEmpty() || layers % chunks == 0 || layers < chunks) {
            return parallelism;
        }
        List<Integer> dealt = new ArrayList<>();
        for (int chunk = 0; chunk < chunks; chunk++) {
            dealt.add(layers / chunks + (chunk < layers % chunks ? 1 : 0));
        }
        return new Parallelism(
                parallelism.tensor(),
                parallelism.context(),
                parallelism.expert(),
                new PipelineParallel(pipeline.degree(), pipeline.chunks(), pipeline.schedule(), dealt),
                parallelism.data());
    }

    /// The degrees above 1, as the command line names them.
    private String words() {
        List<String> words = new ArrayList<>();
        add(words, "tp", parallelism.tensor().degree());
        if (parallelism.tensor().sequence() == SequenceSplit.SPLIT) {
            words.add("sequence-parallel");
        }
        add(words, "cp", parallelism.context().degree());
        add(words, "ep", parallelism.expert().degree());
        add(words, "etp", parallelism.expert().tensorDegree());
        add(words, "pp", parallelism.pipeline().degree());
        add(words, "vpp", parallelism.pipeline().chunks());
        add(words, "dp", parallelism.data().degree());
        switch (parallelism.data().sharding()) {
            case NONE -> {}
            case OPTIMIZER -> words.add("zero 1");
            case GRADIENTS -> words.add("zero 2");
            case WEIGHTS -> words.add("zero 3");
        }
        return words.isEmpty() ? "1 device" : String.join(" ", words);
    }

    private static void add(List<String> words, String degree, int value) {
        if (value > 1) {
            words.add(degree + " " + value);
        }
    }

    /// Where values are compared there are figures for them, all of which should be zero.
    static List<Compared> compared(DistributedQuestion question, Kernels kernels) {
        DistributedJob job = question.job();
        return compared(question, job, job, kernels);
    }

    /// @param predicted what the planner is asked about
    /// @param executed what the engine runs; the same, unless a mistake is planted in one of them
    static List<Compared> compared(
            DistributedQuestion question, DistributedJob predicted, DistributedJob executed, Kernels kernels) {
        DistributedMeasurement.Measured measured = DistributedMeasurement.of(question, executed, kernels);
        Figures prediction = DistributedPrediction.of(question, predicted.devices(), measured.copies());
        List<Compared> rows = new ArrayList<>(Figures.compare(prediction, measured.figures()));
        if (question.plan().comparesValues()) {
            Figures none = new Figures();
            for (String kind : List.of("loss", "gradients", "updated weights")) {
                none.put(DistributedFigures.VALUES_OFF + kind, 0);
            }
            rows.addAll(Figures.compare(none, measured.values().distant(SingleDevice.values(question, kernels))));
        }
        return rows;
    }
}
