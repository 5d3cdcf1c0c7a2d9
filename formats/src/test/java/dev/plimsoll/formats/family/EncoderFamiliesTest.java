package dev.plimsoll.formats.family;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.model.architecture.Part;
import dev.plimsoll.model.architecture.Transformer;
import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.operator.Parameter;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Of the small config: h 16, f 24, 4 layers, 4 heads of 4, V 100; here with 12 positions and 2 types.
class EncoderFamiliesTest {
    private static final String ROWS = "\"max_position_embeddings\": 12, \"type_vocab_size\": 2";
    private static final long NORM = 2 * 16;
    private static final long LAYER = 4 * (16 * 16 + 16) + (16 * 24 + 24) + (24 * 16 + 16) + 2 * NORM;
    private static final long POOLER = 16 * 16 + 16;

    @Test
    void bertAddsPositionsAndTypesAndPoolsItsFirstToken() {
        Described bert = Described.small("bert", ROWS);
        assertThat(bert.parameters()).isEqualTo((100 + 12 + 2) * 16 + NORM + 4 * LAYER + POOLER);
        assertThat(bert.masks()).containsExactly("Everything[]", "Everything[]", "Everything[]", "Everything[]");
        assertThat(bert.attentions())
                .allSatisfy(attention -> assertThat(attention.cached()).isEmpty());
    }

    @Test
    void thePoolerIsCountedAndMayBeMissingInAFile() {
        Part pooler = Described.small("bert", ROWS).transformer().parts().getLast();
        assertThat(pooler.isLogical()).isTrue();
        assertThat(pooler.isOptional()).isTrue();
    }

    @Test
    void absentPositionsAndTypesAreTheClassesOwn() {
        assertThat(Described.small("bert", "").parameters())
                .isEqualTo((100 + 512 + 2) * 16 + NORM + 4 * LAYER + POOLER);
    }

    @Test
    void robertaIsBertUnderAnotherNameWithTwoRowsThatNoTokenReaches() {
        Described roberta = Described.small("roberta", "\"max_position_embeddings\": 14, \"type_vocab_size\": 1");
        assertThat(roberta.parameters()).isEqualTo((100 + 14 + 1) * 16 + NORM + 4 * LAYER + POOLER);
        assertThat(roberta.transformer().maxPositions()).hasValue(12);
        assertThat(roberta.tensor("attention.query.weight"))
                .isEqualTo("roberta.encoder.layer.{layer}.attention.self.query.weight");
        assertThat(Described.small("xlm-roberta", ROWS).parameters())
                .isEqualTo(Described.small("camembert", ROWS).parameters());
    }

    @Test
    void aConfigOlderThanItsModelTypeIsBertsOrRobertas() {
        String keys = "{" + Described.SMALL + ", " + ROWS;
        Transformer bert = Families.describe(Described.config(keys + "}"));
        Transformer roberta =
                Families.describe(Described.config(keys + ", \"architectures\": [\"RobertaForMaskedLM\"]}"));
        assertThat(new Described(bert).tensor("pooler.weight")).isEqualTo("bert.pooler.dense.weight");
        assertThat(new Described(roberta).tensor("pooler.weight")).isEqualTo("roberta.pooler.dense.weight");
        assertThatThrownBy(() -> Families.describe(Described.config(keys + ", \"rope_theta\": 10000}")))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("model_type is missing, and no architecture names a known family");
    }

    @Test
    void aConfigWithoutItsModelTypeIsOfTheFamilyThatItsClassIsNamedAfter() {
        String keys = "{" + Described.SMALL + ", \"architectures\": [\"%s\"]}";
        for (String[] pair : new String[][] {{"SeedOssForCausalLM", "seed_oss"}, {"Qwen2ForCausalLM", "qwen2"}}) {
            Transformer described = Families.describe(Described.config(keys.formatted(pair[0])));
            assertThat(new Described(described).parameters())
                    .isEqualTo(Described.small(pair[1], "").parameters());
        }
        assertThatThrownBy(() -> Families.describe(Described.config(keys.formatted("BesideTheModel"))))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("model_type is missing");
    }

    @Test
    void filesOfTheFirstYearsCallGainsAndBiasesGammaAndBeta() {
        Parameter gain = Described.small("bert", ROWS).find("embedding.normalization.weight");
        assertThat(gain.names().huggingFace().stream().map(name -> name.pattern()))
                .containsExactly(
                        "bert.embeddings.LayerNorm.weight",
                        "embeddings.LayerNorm.weight",
                        "bert.embeddings.LayerNorm.gamma",
                        "embeddings.LayerNorm.gamma");
    }

    @Test
    void distilbertHasNoTypesAndNoPooler() {
        Described distilled = Described.of("distilbert", """
                "dim": 16, "hidden_dim": 24, "n_layers": 4, "n_heads": 4, "vocab_size": 100,
                "max_position_embeddings": 12""");
        assertThat(distilled.parameters()).isEqualTo((100 + 12) * 16 + NORM + 4 * LAYER);
    }

    @Test
    void albertRunsItsOneLayerAsOftenAsThereAreLayers() {
        Described albert = Described.small("albert", ROWS + ", \"embedding_size\": 8");
        assertThat(albert.parameters()).isEqualTo((100 + 12 + 2) * 8 + 2 * 8 + (8 * 16 + 16) + LAYER + POOLER);
        assertThat(albert.attentions()).hasSize(4);
        assertThat(albert.find("attention.query.weight").sharing()).isEqualTo(Parameter.Sharing.WHOLE_MODEL);
    }

    @Test
    void whatIsNotDescribedIsRefusedByItsKey() {
        for (List<String> refused : List.of(
                List.of("bert", "\"position_embedding_type\": \"relative_key\"", "position_embedding_type"),
                List.of("albert", "\"num_hidden_groups\": 2", "num_hidden_groups is 2"),
                List.of("albert", "\"inner_group_num\": 3", "inner_group_num is 3"),
                List.of("bert", "\"type_vocab_size\": -1", "type_vocab_size is -1"))) {
            assertThatThrownBy(() -> Described.small(refused.get(0), refused.get(1)))
                    .isInstanceOf(InputException.class)
                    .hasMessageContaining(refused.get(2));
        }
    }
}
