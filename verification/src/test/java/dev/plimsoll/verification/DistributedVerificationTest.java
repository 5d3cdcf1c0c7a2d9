package dev.plimsoll.verification;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.model.execution.Parallelism;
import dev.plimsoll.model.execution.Parallelism.ContextExchange;
import dev.plimsoll.model.execution.Parallelism.ContextParallel;
import dev.plimsoll.model.execution.Parallelism.DataParallel;
import dev.plimsoll.model.execution.Parallelism.ExpertParallel;
import dev.plimsoll.model.execution.Parallelism.PipelineParallel;
import dev.plimsoll.model.execution.Parallelism.PipelineSchedule;
import dev.plimsoll.model.execution.Parallelism.SequenceSplit;
import dev.plimsoll.model.execution.Parallelism.Sharding;
import dev.plimsoll.model.execution.Parallelism.TensorParallel;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(120)
class DistributedVerificationTest {
    private static Stream<Arguments> splits() {
        return Stream.of(
                Arguments.of("gpt2", new Split().tensor(2, SequenceSplit.WHOLE)),
                Arguments.of("gpt2", new Split().tensor(4, SequenceSplit.SPLIT)),
                Arguments.of("gpt2", new Split().data(2, Sharding.NONE)),
                Arguments.of("gpt2", new Split().data(4, Sharding.OPTIMIZER)),
                Arguments.of("llama-3.1-8b", new Split().data(3, Sharding.GRADIENTS)),
                Arguments.of("gpt2", new Split().data(2, Sharding.WEIGHTS)),
                Arguments.of("llama-3.1-8b", new Split().hybrid(4, 2, Sharding.WEIGHTS)),
                Arguments.of("llama-3.1-8b", new Split().hybrid(4, 2, Sharding.OPTIMIZER)),
                Arguments.of("gpt2", new Split().pipeline(2, 1, PipelineSchedule.GPIPE)),
                Arguments.of("gpt2", new Split().pipeline(2, 1, PipelineSchedule.ONE_FORWARD_ONE_BACKWARD)),
                Arguments.of("llama-3.1-8b", new Split().pipeline(4, 1, PipelineSchedule.ONE_FORWARD_ONE_BACKWARD)),
                Arguments.of("gpt2", new Split().pipeline(2, 2, PipelineSchedule.ONE_FORWARD_ONE_BACKWARD)),
                Arguments.of("gpt2", new Split().pipeline(2, 1, PipelineSchedule.ZERO_BUBBLE)),
                Arguments.of("llama-3.1-8b", new Split().context(2, ContextExchange.RING)),
                Arguments.of("llama-3.1-8b", new Split().context(3, ContextExchange.ALL_TO_ALL)),
                Arguments.of("mixtral-8x7b", new Split().data(2, Sharding.OPTIMIZER).expert(2, 1)),
                Arguments.of("mixtral-8x7b", new Split().tensor(2, SequenceSplit.SPLIT).expert(1, 2)),
                Arguments.of("deepseek-v3", new Split().tensor(2, SequenceSplit.SPLIT).expert(2, 1)),
                Arguments.of(
                        "mixtral-8x7b",
                        new Split()
                                .tensor(2, SequenceSplit.SPLIT)
                                .context(2, ContextExchange.RING)
                                .expert(2, 2)
                                .pipeline(2, 1, PipelineSchedule.ZERO_BUBBLE)
                                .data(2, Sharding.WEIGHTS)));
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("splits")
    void everyDeviceHoldsAndSendsWhatWasPredicted(String name, Split split) {
        DistributedVerifier verifier = new DistributedVerifier(split.parallelism(), 1, 4);
        for (Verified run : verifier.shrunk(name, Models.read(name))) {
            assertThat(run.differences()).as(run.what()).isEmpty();
            assertThat(run.rows()).isNotEmpty();
        }
    }

    /// A parallelism of which one part after the other is changed.
    record Split(Parallelism parallelism) {
        Split() {
            this(Parallelism.NONE);
        }

        Split tensor(int degree, SequenceSplit sequence) {
            return new Split(new Parallelism(
                    new TensorParallel(degree, sequence),
                    parallelism.context(),
                    parallelism.expert(),
                    parallelism.pipeline(),
                    parallelism.data()));
        }

        Split context(int degree, ContextExchange exchange) {
            return new Split(new Parallelism(
                    parallelism.tensor(),
                    new ContextParallel(degree, exchange),
                    parallelism.expert(),
                    parallelism.pipeline(),
                    parallelism.data()));
        }

        Split expert(int degree, int parts) {
            return new Split(new Parallelism(
                    parallelism.tensor(),
                    parallelism.context(),
                    new ExpertParallel(degree, parts),
                    parallelism.pipeline(),
                    parallelism.data()));
        }

        Split pipeline(int degree, int chunks, PipelineSchedule schedule) {
            return new Split(new Parallelism(
                    parallelism.tensor(),
                    parallelism.context(),
                    parallelism.expert(),
                    new PipelineParallel(degree, chunks, schedule, List.of()),
                    parallelism.data()));
        }

        Split data(int degree, Sharding sharding) {
            return hybrid(degree, degree, sharding);
        }

        Split hybrid(int degree, int shards, Sharding sharding) {
            return new Split(new Parallelism(
                    parallelism.tensor(),
                    parallelism.context(),
                    parallelism.expert(),
                    parallelism.pipeline(),
                    new DataParallel(degree, shards, sharding)));
        }
    }
}
