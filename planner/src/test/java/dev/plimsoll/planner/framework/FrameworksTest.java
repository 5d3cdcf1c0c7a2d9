package dev.plimsoll.planner.framework;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.model.failure.InputException;
import org.junit.jupiter.api.Test;

class FrameworksTest {
    @Test
    void thereAreSixAndTheFirstIsTheDefault() {
        assertThat(Frameworks.all())
                .extracting(FrameworkProfile::name)
                .containsExactly("megatron-te", "megatron", "nanotron", "fsdp", "torch-compile", "deepspeed");
    }

    @Test
    void anUnknownFrameworkNamesTheNearest() {
        assertThatThrownBy(() -> Frameworks.named("megatron_te"))
                .isInstanceOfSatisfying(
                        InputException.class,
                        refusal -> assertThat(refusal.remedy()).contains("megatron-te"));
    }

    @Test
    void whatAProfileSetsCanBePrinted() {
        for (FrameworkProfile profile : Frameworks.all()) {
            assertThat(Settings.of(profile)).allSatisfy(setting -> {
                assertThat(setting.name()).isNotBlank();
                assertThat(setting.value()).isNotBlank();
            });
        }
        assertThat(Settings.of(Frameworks.FSDP))
                .contains(new Settings.Setting("recompute selective", "other products"))
                .contains(new Settings.Setting("bytes a logit", "12"));
    }

    /// Megatron pads 50,257 to a multiple of 128 on one rank, 50,304, and of 1,024 on eight, 51,200.
    @Test
    void vocabulariesArePadded() {
        assertThat(Frameworks.MEGATRON_TE.paddedVocabulary(50257, 1)).isEqualTo(50304);
        assertThat(Frameworks.MEGATRON_TE.paddedVocabulary(50257, 8)).isEqualTo(51200);
        assertThat(Frameworks.NANOTRON.paddedVocabulary(50257, 8)).isEqualTo(50264);
    }
}
