package dev.plimsoll.formats.family;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.model.failure.InputException;
import org.junit.jupiter.api.Test;

/// Configs as state-spaces/mamba writes them: two layers of width 32, a vocabulary of 50 padded to 56.
class OriginalMambaTest {
    private static final long TABLE = 56 * 32;

    /// Inner width 64, 16 states, a time step of rank 32 / 16.
    private static final long SCAN = 2 * 64 * 32 // in
            + 64 * (4 + 1) // convolution
            + (2 + 2 * 16) * 64 // time step, B, C
            + 64 * (2 + 1) // time step up
            + 64 * 16
            + 64 // decay, skip
            + 32 * 64; // out

    /// Inner width 64 in one head, 128 states, one group.
    private static final long SPACE = (2 * 64 + 2 * 128 + 1) * 32 // gate, input, B, C, time step
            + (64 + 2 * 128) * (4 + 1) // convolution
            + 3 // decay, skip, time-step bias
            + 64 // norm
            + 32 * 64; // out

    private static Described of(String keys) {
        return new Described(Families.describe(
                Described.config("{\"d_model\": 32, \"n_layer\": 2, \"vocab_size\": 50, " + keys + "}")));
    }

    @Test
    void anEmptySpaceIsMamba() {
        Described mamba = of("\"ssm_cfg\": {}, \"rms_norm\": true, \"pad_vocab_size_multiple\": 8");
        assertThat(mamba.transformer().architecture()).isEqualTo("mamba");
        assertThat(mamba.parameters()).isEqualTo(2 * (SCAN + 32) + TABLE + 32);
        assertThat(mamba.tensor("embedding.tokens.weight")).isEqualTo("backbone.embedding.weight");
    }

    @Test
    void theLayerSaysMamba2() {
        Described mamba = of("\"ssm_cfg\": {\"layer\": \"Mamba2\"}");
        assertThat(mamba.transformer().architecture()).isEqualTo("mamba2");
        assertThat(mamba.parameters()).isEqualTo(2 * (SPACE + 32) + TABLE + 32);
    }

    @Test
    void keysOfTheSpaceAndOfTheModelAreFollowed() {
        assertThat(of("\"ssm_cfg\": {\"dt_rank\": 3, \"d_state\": 5}, \"tie_embeddings\": false")
                        .parameters())
                .isEqualTo(2 * (SCAN - 11 * 3 * 64 + 2 * 64 + 32) + 2 * TABLE + 32);
        assertThat(of("\"ssm_cfg\": {\"dt_rank\": \"auto\"}, \"rms_norm\": false")
                        .parameters())
                .isEqualTo(2 * (SCAN + 2 * 32) + TABLE + 2 * 32);
        assertThat(of("\"ssm_cfg\": {\"layer\": \"Mamba2\", \"headdim\": 16, \"rmsnorm\": false}")
                        .parameters())
                .isEqualTo(2 * (SPACE + 3 * (32 + 3) - 64 + 32) + TABLE + 32);
    }

    @Test
    void whatIsNotDescribedIsRefusedByName() {
        for (String keys : new String[] {
            "\"ssm_cfg\": {\"layer\": \"Mamba3\"}",
            "\"ssm_cfg\": {}, \"attn_layer_idx\": [1]",
            "\"ssm_cfg\": {}, \"d_intermediate\": 64",
            "\"ssm_cfg\": {\"layer\": \"Mamba2\", \"d_ssm\": 32}",
            "\"ssm_cfg\": {\"layer\": \"Mamba2\", \"D_has_hdim\": true}"
        }) {
            String key = keys.replaceAll("^.*\"(layer|attn_layer_idx|d_intermediate|d_ssm|D_has_hdim)\".*?$", "$1");
            assertThatThrownBy(() -> of(keys))
                    .as(keys)
                    .isInstanceOf(InputException.class)
                    .hasMessageContaining(key);
        }
    }
}
