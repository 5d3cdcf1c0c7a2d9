package dev.plimsoll.verification;

import dev.plimsoll.engine.kernel.Kernels;
import dev.plimsoll.engine.kernel.ScalarKernels;
import dev.plimsoll.model.execution.Parallelism;
import dev.plimsoll.model.execution.Parallelism.ContextExchange;
import dev.plimsoll.model.execution.Parallelism.PipelineSchedule;
import dev.plimsoll.model.execution.Parallelism.SequenceSplit;
import dev.plimsoll.model.execution.Parallelism.Sharding;
import dev.plimsoll.model.failure.InputException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;

/// Training steps on several devices that this module's tests verify.
final class DistributedQuestions {
    private static final int RANDOM_SPLITS = 8;
    private static final int MOST_DEVICES = 8;
    private static final List<String> MODELS =
            List.of("gpt2", "llama-3.1-8b", "qwen3-8b", "gemma-2-9b", "gpt-oss-20b", "mixtral-8x7b", "deepseek-v3");

    private DistributedQuestions() {}

    /// A catalogue model, shrunk, and how it is split.
    record Named(String model, Split split) {
        List<DistributedQuestion> questions() {
            return verifier(split.parallelism(), 1, 4).shrunkQuestions(model, Models.read(model));
        }
    }

    static List<Named> named() {
        return List.of(
                new Named("gpt2", new Split().tensor(2, SequenceSplit.WHOLE)),
                new Named("llama-3.1-8b", new Split().tensor(4, SequenceSplit.WHOLE)),
                new Named("gpt2", new Split().tensor(2, SequenceSplit.SPLIT)),
                new Named("llama-3.1-8b", new Split().tensor(4, SequenceSplit.SPLIT)),
                new Named("gpt2", new Split().data(2, Sharding.NONE)),
                new Named("gpt2", new Split().data(4, Sharding.OPTIMIZER)),
                new Named("llama-3.1-8b", new Split().data(3, Sharding.GRADIENTS)),
                new Named("gpt2", new Split().data(2, Sharding.WEIGHTS)),
                new Named("llama-3.1-8b", new Split().hybrid(4, 2, Sharding.WEIGHTS)),
                new Named("llama-3.1-8b", new Split().hybrid(4, 2, Sharding.OPTIMIZER)),
                new Named("gpt2", new Split().pipeline(2, 1, PipelineSchedule.GPIPE)),
                new Named("gpt2", new Split().pipeline(2, 1, PipelineSchedule.ONE_FORWARD_ONE_BACKWARD)),
                new Named("llama-3.1-8b", new Split().pipeline(4, 1, PipelineSchedule.ONE_FORWARD_ONE_BACKWARD)),
                new Named("gpt2", new Split().pipeline(2, 2, PipelineSchedule.ONE_FORWARD_ONE_BACKWARD)),
                new Named("gpt2", new Split().pipeline(2, 1, PipelineSchedule.ZERO_BUBBLE)),
                new Named("deepseek-v3", new Split().pipeline(4, 1, PipelineSchedule.ZERO_BUBBLE)),
                new Named("llama-3.1-8b", new Split().context(2, ContextExchange.RING)),
                new Named("llama-3.1-8b", new Split().context(3, ContextExchange.ALL_TO_ALL)),
                new Named(
                        "mixtral-8x7b", new Split().data(2, Sharding.OPTIMIZER).expert(2, 1)),
                new Named(
                        "mixtral-8x7b",
                        new Split().tensor(2, SequenceSplit.SPLIT).expert(1, 2)),
                new Named(
                        "deepseek-v3",
                        new Split().tensor(2, SequenceSplit.SPLIT).expert(2, 1)),
                new Named(
                        "mixtral-8x7b",
                        new Split()
                                .tensor(2, SequenceSplit.SPLIT)
                                .context(2, ContextExchange.RING)
                                .expert(2, 2)
                                .pipeline(2, 1, PipelineSchedule.ZERO_BUBBLE)
                                .data(2, Sharding.WEIGHTS)));
    }

    static LongStream seeds() {
        return LongStream.rangeClosed(1, 8);
    }

    /// The specification for every other seed.
    static Kernels kernels(long seed) {
        return seed % 2 == 0 ? new ScalarKernels() : Kernels.best();
    }

    /// Splits over up to eight devices, each of a model and run in a way that are drawn too.
    static List<DistributedQuestion> random(long seed) {
        Random random = new Random(seed);
        List<DistributedQuestion> questions = new ArrayList<>();
        while (questions.size() < RANDOM_SPLITS) {
            Parallelism parallelism = parallelism(random);
            int stages = parallelism.pipeline().degree();
            int microBatches = stages * (1 + random.nextInt(2));
            String model = MODELS.get(random.nextInt(MODELS.size()));
            DistributedVerifier verifier = verifier(parallelism, 1 + random.nextInt(2), microBatches);
            List<DistributedQuestion> plans = verifier.shrunkQuestions(model, Models.read(model));
            DistributedQuestion question = plans.get(random.nextInt(plans.size()));
            if (parallelism.devices() <= MOST_DEVICES && fits(question)) {
                questions.add(question);
            }
        }
        return questions;
    }

    static DistributedVerifier verifier(Parallelism parallelism, int sequences, int microBatches) {
        return new DistributedVerifier(
                parallelism, sequences, microBatches, Runtime.getRuntime().maxMemory());
    }

    private static Parallelism parallelism(Random random) {
        int chunks = 1 + random.nextInt(4) / 3;
        int stages = chunks > 1 ? 2 : 1 + random.nextInt(3);
        PipelineSchedule schedule =
                chunks > 1 ? PipelineSchedule.ONE_FORWARD_ONE_BACKWARD : draw(random, PipelineSchedule.values());
        return new Split()
                .tensor(1 + random.nextInt(4), draw(random, SequenceSplit.values()))
                .context(1 + random.nextInt(3), draw(random, ContextExchange.values()))
                .expert(1 + random.nextInt(2), 1 + random.nextInt(2))
                .pipeline(stages, chunks, schedule)
                .data(1 + random.nextInt(3), draw(random, Sharding.values()))
                .parallelism();
    }

    private static <T> T draw(Random random, T[] values) {
        return values[random.nextInt(values.length)];
    }

    private static boolean fits(DistributedQuestion question) {
        try {
            question.job();
            return true;
        } catch (InputException refusal) {
            return false;
        }
    }
}
