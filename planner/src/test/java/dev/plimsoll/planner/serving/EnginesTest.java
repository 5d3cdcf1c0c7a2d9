package dev.plimsoll.planner.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.model.failure.InputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EnginesTest {
    private static final long GIB = 1L << 30;

    @ParameterizedTest
    @CsvSource({"vllm, 0.92", "VLLM, 0.92", "vllm@0.22, 0.92", "vllm@1.0, 0.92", "vllm@0.19, 0.9", "vllm@0.6.3, 0.9"})
    void theVersionOfVllmChoosesItsShare(String asked, double share) {
        assertThat(Engines.require("--engine", asked).budget()).isEqualTo(new BudgetRule.ShareOfAll(share));
    }

    @Test
    void anUnknownEngineIsRefusedWithTheNearest() {
        assertThatThrownBy(() -> Engines.require("--engine", "lamacpp"))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("expected one of vllm, trtllm, sglang, llamacpp, ideal");
    }

    @Test
    void everyEngineHasDefaultsForTheSmallestDeviceAndTypesThatAreKnown() {
        for (String name : Engines.names()) {
            Engine engine = Engines.require("--engine", name);
            assertThat(engine.step(GIB, 1).fromBytes()).isZero();
            assertThat(engine.cacheTypes())
                    .allMatch(type -> CacheTypes.find(type).isPresent());
        }
    }

    /// sgl-project/sglang, `server_args.py`: chunks and captured batches by memory.
    @ParameterizedTest
    @CsvSource({
        "16, 1, 2048, 8",
        "24, 1, 2048, 24",
        "24, 4, 2048, 80",
        "40, 1, 4096, 32",
        "40, 8, 4096, 160",
        "80, 1, 8192, 256",
        "80, 4, 8192, 512",
        "180, 1, 16384, 512"
    })
    void sglangTakesLargerStepsOnLargerDevices(long gibibytes, int tensor, long tokens, long captured) {
        StepDefaults step = Engines.SGLANG.step(gibibytes * GIB, tensor);
        assertThat(step.batchedTokens()).isEqualTo(tokens);
        assertThat(step.sequences()).isEqualTo(captured);
    }
}
