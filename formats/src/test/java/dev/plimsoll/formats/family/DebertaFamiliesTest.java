package dev.plimsoll.formats.family;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.operator.AttentionScores.PositionBias;
import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.shape.Axis;
import dev.plimsoll.model.shape.Shape;
import org.junit.jupiter.api.Test;

/// Of the small config: h 16, f 24, 4 layers, 4 heads of 4, V 100; here with 12 positions.
class DebertaFamiliesTest {
    private static final String RELATIVE = "\"max_position_embeddings\": 12, \"relative_attention\": true";
    private static final String BOTH = RELATIVE + ", \"pos_att_type\": \"p2c|c2p\"";
    private static final long NORM = 2 * 16;
    private static final long FEED_FORWARD = (16 * 24 + 24) + (24 * 16 + 16);
    private static final long LAYER = 4 * (16 * 16 + 16) + FEED_FORWARD + 2 * NORM;

    @Test
    void thirdVersionProjectsItsBucketsAsItDoesContent() {
        Described deberta = Described.small("deberta-v2", BOTH + """
                , "position_buckets": 3, "share_att_key": true, "norm_rel_ebd": "layer_norm",
                "position_biased_input": false, "type_vocab_size": 0""");
        assertThat(deberta.parameters()).isEqualTo(100 * 16 + NORM + 4 * LAYER + 2 * 3 * 16 + NORM);
        Operator.Linear keys = deberta.first(Operator.Linear.class, "attention.position_key");
        assertThat(keys.weight()).isEqualTo(deberta.find("attention.key.weight"));
        assertThat(keys.output().shape())
                .isEqualTo(Shape.of(Axis.BUCKETS, 6).then(Shape.of(Axis.KEY_VALUE_HEADS, 4, Axis.HEAD_SIZE, 4)));
    }

    @Test
    void secondVersionHasMapsOfPositionsAndAConvolutionBesideItsFirstLayer() {
        Described deberta = Described.small("deberta-v2", BOTH + ", \"conv_kernel_size\": 3, \"type_vocab_size\": 2");
        long positionMaps = 2 * (16 * 16 + 16);
        long convolution = 16 * 16 * 3 + 16 + NORM;
        assertThat(deberta.parameters())
                .isEqualTo((100 + 12 + 2) * 16 + NORM + 4 * (LAYER + positionMaps) + 2 * 12 * 16 + convolution);
        assertThat(deberta.operators(Operator.Convolution.class, "convolution")).containsOnlyKeys(0L);
        assertThat(deberta.attentions()).hasSize(4);
    }

    @Test
    void firstVersionBiasesQueriesAndValuesBesideOneMatrixOfAllThree() {
        Described deberta = Described.small("deberta", BOTH + ", \"position_biased_input\": false");
        long attention = 4 * 16 * 16 + 16 + 16 + 16;
        long positionMaps = 16 * 16 + (16 * 16 + 16);
        assertThat(deberta.parameters())
                .isEqualTo(100 * 16 + NORM + 4 * (attention + positionMaps + FEED_FORWARD + 2 * NORM) + 2 * 12 * 16);
        assertThat(deberta.tensor("attention.query.weight"))
                .isEqualTo(deberta.tensor("attention.key.weight"))
                .isEqualTo("deberta.encoder.layer.{layer}.attention.self.in_proj.weight");
        assertThat(deberta.tensor("attention.value.bias"))
                .isEqualTo("deberta.encoder.layer.{layer}.attention.self.v_bias");
    }

    @Test
    void eachTermIsAddedOnlyWhereItIsNamedAndWeakensTheScores() {
        Described one = Described.small("deberta-v2", RELATIVE + ", \"pos_att_type\": [\"c2p\"]");
        Operator.Attention attention = one.attentions().getFirst();
        PositionBias.Disentangled positions =
                (PositionBias.Disentangled) attention.scores().positions();
        assertThat(positions.keys()).isPresent();
        assertThat(positions.queries()).isEmpty();
        assertThat(attention.scores().scale()).isEqualTo(1 / Math.sqrt(4 * 2.0));
        assertThat(attention.reads()).contains(positions.keys().orElseThrow());
    }

    @Test
    void withoutRelativeAttentionItIsAnOrdinaryEncoder() {
        assertThat(Described.small("deberta-v2", "\"max_position_embeddings\": 12")
                        .parameters())
                .isEqualTo((100 + 12) * 16 + NORM + 4 * LAYER);
    }

    @Test
    void aTermThatIsNotKnownIsRefused() {
        assertThatThrownBy(() -> Described.small("deberta-v2", RELATIVE + ", \"pos_att_type\": \"p2p\""))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("pos_att_type is p2p, expected c2p and p2c");
    }
}
