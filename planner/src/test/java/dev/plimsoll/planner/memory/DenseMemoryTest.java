package dev.plimsoll.planner.memory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.model.architecture.Transformer;
import dev.plimsoll.model.execution.Parallelism.SequenceSplit;
import dev.plimsoll.model.execution.Parallelism.Sharding;
import dev.plimsoll.planner.Models;
import dev.plimsoll.planner.framework.Frameworks;
import dev.plimsoll.planner.memory.StageMemory.Moment;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The closed forms of a modern dense decoder on Megatron with Transformer Engine, written out by hand, against the walk
/// over the description.
class DenseMemoryTest {
    private static final long H = 4096;
    private static final long Q = 4096;
    private static final long KV = 1024;
    private static final long A = 32;
    private static final long F = 14336;

    /// `T` tokens a micro-batch, `t` tensor-parallel ranks with sequence parallelism, `pp` stages, `z` replicas.
    @ParameterizedTest
    @CsvSource({"1,1,1,1,4096", "2,1,4,1,4096", "4,1,2,2,8192", "8,2,2,1,4096", "1,4,2,1,4096", "2,8,4,1,2048"})
    void aDenseDecoderHoldsTheClosedForm(int t, int pp, int z, long micro, long s) {
        long layers = 32;
        Transformer model = Models.llama(layers, H, A, 8, 128, F, 128256);
        MemoryPlan plan = Jobs.of(model, Frameworks.MEGATRON_TE)
                .tensor(t, SequenceSplit.SPLIT)
                .pipeline(pp, 1)
                .data(z, Sharding.OPTIMIZER)
                .batch(8L * micro * z * pp, micro, s)
                .plan();
        long tokens = s * micro;
        long vocabulary = Math.ceilDiv(128256L, 128L * t) * 128 * t;
        long onStage = layers / pp;
        for (int stage = 0; stage < pp; stage++) {
            boolean first = stage == 0;
            boolean last = stage == pp - 1;
            long parameters = onStage * ((H * (Q + 2 * KV) + Q * H + 3 * H * F) / t + 2 * H)
                    + (first ? vocabulary * H / t : 0)
                    + (last ? H + vocabulary * H / t : 0);
            long states = 6 * parameters + Math.ceilDiv(12 * parameters, z);
            // 8h/S + (4q + 4kv + 6f + 4a)/t, and the statistics of two normalisations, 8 bytes.
            long layer = tokens * (8 * H + 8) / t + tokens * (4 * Q + 4 * KV + 6 * F + 4 * A) / t;
            long saved = (pp - stage) * (onStage * layer + (first ? 4 * tokens / t : 0));
            long spare = 2 * (H * (Q + 2 * KV) + Q * H + 2 * H * F + F * H + (last ? vocabulary * H : 0)) / t;
            long loss = last ? tokens * (4 * H / t + 2 * vocabulary / t + 2 * H * (t > 1 ? 2 : 1)) : 0;
            long feedForward = tokens * (6 * H + 6 * F / t);
            StageMemory found = plan.stages().get(stage);
            assertThat(found.states()).isBetween(states, states + 2);
            assertThat(found.activations()).isEqualTo(saved);
            assertThat(found.buffers()).isEqualTo(spare);
            assertThat(found.logits() + found.working()).isEqualTo(Math.max(loss, feedForward));
            assertThat(found.moment()).isEqualTo(loss > feedForward ? Moment.LOSS : Moment.BACKWARD);
        }
    }
}
