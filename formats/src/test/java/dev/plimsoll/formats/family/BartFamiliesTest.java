package dev.plimsoll.formats.family;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.model.architecture.Part;
import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.operator.ConvolutionKind;
import dev.plimsoll.model.operator.Operator;
import org.junit.jupiter.api.Test;

/// D 16, 3 encoder layers of F 24, 2 decoder layers of F 20, 4 heads, V 100.
class BartFamiliesTest {
    private static final String STACKS = """
            "d_model": 16, "encoder_layers": 3, "encoder_ffn_dim": 24, "encoder_attention_heads": 4,
            "decoder_layers": 2, "decoder_ffn_dim": 20, "decoder_attention_heads": 4, "vocab_size": 100""";
    private static final String TEXT = STACKS + ", \"max_position_embeddings\": 10";
    private static final String AUDIO =
            STACKS + ", \"num_mel_bins\": 5, \"max_source_positions\": 30, \"max_target_positions\": 10";
    private static final long NORM = 2 * 16;
    private static final long ATTENTION = 4 * (16 * 16 + 16);

    private static long feedForward(long width) {
        return 16 * width + width + width * 16 + 16;
    }

    private static long layers(long attention) {
        return 3 * (attention + feedForward(24) + 2 * NORM) + 2 * (2 * attention + feedForward(20) + 3 * NORM);
    }

    @Test
    void bartHasTwoMoreRowsOfPositionsInEachStackAndOneTokenTable() {
        Described bart = Described.of("bart", TEXT);
        assertThat(bart.parameters()).isEqualTo(100 * 16 + 2 * ((10 + 2) * 16 + NORM) + layers(ATTENTION));
        assertThat(bart.transformer().maxPositions()).hasValue(10);
        assertThat(bart.tensor("embedding.tokens.weight")).isEqualTo("model.shared.weight");
    }

    @Test
    void mbartNormalizesBeforeAndOnceMoreBehindEachStack() {
        assertThat(Described.of("mbart", TEXT).parameters())
                .isEqualTo(Described.of("bart", TEXT).parameters() + 2 * NORM);
    }

    @Test
    void whisperHearsThroughTwoConvolutionsAndBiasesNoKeys() {
        Described whisper = Described.of("whisper", AUDIO);
        long attention = ATTENTION - 16;
        long convolutions = 16 * 5 * 3 + 16 + 16 * 16 * 3 + 16;
        assertThat(whisper.parameters())
                .isEqualTo(convolutions + 30 * 16 + 100 * 16 + 10 * 16 + layers(attention) + 2 * NORM);
        assertThat(whisper.transformer().parts().getFirst().kind()).isEqualTo(Part.Kind.AUDIO_ENCODER);
        assertThat(whisper.first(Operator.Convolution.class, "audio.convolution_2")
                        .kind())
                .as("the second halves the frames")
                .isEqualTo(new ConvolutionKind.Dense(3, 2));
    }

    @Test
    void decodersLookBackAndAtTheEncoder() {
        Described decoder = Described.of("whisper", AUDIO).part("decoder");
        assertThat(decoder.masks()).containsExactly("full", "full");
        assertThat(decoder.operators(Operator.Attention.class, "cross_attention.core"))
                .containsOnlyKeys(0L, 1L)
                .allSatisfy(
                        (layer, attention) -> assertThat(attention.isCross()).isTrue());
    }

    @Test
    void aWidthThatHeadsDoNotDivideIsRefusedByTheStacksOwnKey() {
        assertThatThrownBy(() -> Described.of(
                        "bart", TEXT.replace("\"decoder_attention_heads\": 4", "\"decoder_attention_heads\": 3")))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("decoder_attention_heads is 3, expected a divisor of the hidden size 16");
    }

    @Test
    void aMissingSizeIsNamed() {
        assertThatThrownBy(() -> Described.of("whisper", AUDIO.replace("\"encoder_layers\": 3, ", "")))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("encoder_layers is missing");
    }
}
