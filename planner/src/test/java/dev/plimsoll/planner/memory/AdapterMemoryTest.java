package dev.plimsoll.planner.memory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.model.operator.Role;
import dev.plimsoll.model.rewrite.LowRankAdaptation;
import dev.plimsoll.planner.Models;
import dev.plimsoll.planner.cost.WeightFormat;
import dev.plimsoll.planner.framework.Frameworks;
import dev.plimsoll.planner.training.Tuning;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// Llama 3.1 8B with adapters of rank 16 beside queries, keys, values and outputs.
class AdapterMemoryTest {
    private static final long ADAPTERS = 32 * (2 * 16 * (4096 + 4096) + 2 * 16 * (4096 + 1024));
    private static final LowRankAdaptation RANK_16 =
            new LowRankAdaptation(16, 32, Set.of(Role.QUERY_KEY_VALUE, Role.ATTENTION_OUTPUT));

    @Test
    void onlyAdaptersHaveGradientsAndStates() {
        StageMemory found = tuned("bf16");
        assertThat(found.weights()).isEqualTo(2 * (8_030_261_248L + ADAPTERS));
        assertThat(found.gradients()).isEqualTo(4 * ADAPTERS);
        assertThat(found.masterWeights() + found.optimizerStates()).isEqualTo(12 * ADAPTERS);
    }

    /// Beside queries and values alone, as Hu et al. 2021 choose, section 4.2.
    @Test
    void adaptersMayStandBesideNamedMapsAlone() {
        LowRankAdaptation some = new LowRankAdaptation(
                16, 32, Set.of(Role.QUERY_KEY_VALUE), Set.of("attention.query", "attention.value"));
        assertThat(tuned(some, "bf16").gradients()).isEqualTo(4L * 32 * 16 * ((4096 + 4096) + (4096 + 1024)));
    }

    /// Four bits a value, an f32 for each 64, and a table of 16 f32 for each of 7 matrices; the tables of tokens, the head
    /// and the gains stay in bf16. Source: Dettmers et al. 2023, section 3.
    @Test
    void frozenMatricesInFourBitsKeepTheirScales() {
        long matrices = 32L * (2 * 4096 * 4096 + 2 * 4096 * 1024 + 3 * 4096 * 14336);
        long rest = 8_030_261_248L - matrices;
        assertThat(tuned("nf4").weights())
                .isEqualTo(matrices / 2 + 4 * matrices / 64 + 32 * 7 * 64 + 2 * rest + 2 * ADAPTERS);
    }

    @Test
    void frozenWeightsKeepNoInputsForGradientsOfTheirOwn() {
        Jobs jobs = Jobs.of(Models.llama31With8B(), Frameworks.MEGATRON_TE);
        assertThat(tuned("bf16").activations())
                .isLessThan(jobs.plan().worstStage().activations());
    }

    private static StageMemory tuned(String format) {
        return tuned(RANK_16, format);
    }

    private static StageMemory tuned(LowRankAdaptation adapters, String format) {
        Jobs jobs = Jobs.of(Models.llama31With8B(), Frameworks.MEGATRON_TE);
        return jobs.method(jobs.method().withTuning(new Tuning.Adapters(adapters, WeightFormat.named(format))))
                .plan()
                .worstStage();
    }
}
