package dev.plimsoll.formats.family;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.model.architecture.DistinctParameters;
import dev.plimsoll.model.architecture.Transformer;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Every family that has published files names every parameter in them.
class CheckpointNamesTest {
    /// Families without a published config here, each with the config of a relative.
    private static final Map<String, String> RELATIVES = Map.ofEntries(
            Map.entry("Yi", "llama-3.2-1b.json"),
            Map.entry("exaone", "llama-3.2-1b.json"),
            Map.entry("ministral", "ministral-8b.json"),
            Map.entry("RefinedWeb", "falcon-11b.json"),
            Map.entry("RefinedWebModel", "falcon-rw-1b.json"),
            Map.entry("phi", "phi-1_5.json"),
            Map.entry("glm", "glm-4-9b-0414.json"),
            Map.entry("minicpm3", "deepseek-v2-lite.json"),
            Map.entry("bailing_moe_v2", "ling-lite.json"),
            Map.entry("qwen3_5_moe_text", "qwen3-next-80b-a3b.json"),
            Map.entry("lfm2_moe", "qwen3-30b-a3b.json"),
            Map.entry("mamba_ssm", "mamba-130m-original.json"),
            Map.entry("bamba", "mamba-codestral-7b.json"),
            Map.entry("camembert", "roberta-base.json"),
            Map.entry("xlm-roberta", "roberta-base.json"),
            Map.entry("deberta", "deberta-v3-base.json"),
            Map.entry("umt5", "mt5-small.json"),
            Map.entry("siglip", "clip-vit-base-patch32.json"),
            Map.entry("pixtral", "ministral-3-3b-instruct-2512.json"),
            Map.entry("mistral3", "ministral-3-3b-instruct-2512.json"),
            Map.entry("gemma4", "small-gemma4-moe.json"),
            Map.entry("orion", "orion-14b.json"),
            Map.entry("qwen3_5", "qwen3-vl-8b-instruct.json"));

    /// Families that are known from papers or flags, and that no file holds.
    private static Set<String> withoutFiles() {
        Set<String> types = new TreeSet<>(PaperFamilies.ALL.keySet());
        types.addAll(MegatronFamily.ALL.keySet());
        return types;
    }

    private static List<String> files() {
        return FamilyConfigs.files();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("files")
    void aPublishedModelsParametersAreNamed(String file) {
        assertThat(unnamed(FamilyConfigs.describe(file))).isEmpty();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("relatives")
    void theParametersOfAFamilyWithoutAConfigHereAreNamed(String modelType) {
        assertThat(unnamed(FamilyConfigs.describeAs(modelType, relative(modelType))))
                .isEmpty();
    }

    private static Set<String> relatives() {
        return new TreeSet<>(RELATIVES.keySet());
    }

    private static String relative(String modelType) {
        return String.valueOf(RELATIVES.get(modelType));
    }

    @Test
    void everyFamilyIsAmongThem() {
        Set<String> tested = files().stream()
                .flatMap(file -> FamilyConfigs.read(file).text("model_type").stream())
                .collect(Collectors.toCollection(TreeSet::new));
        tested.addAll(RELATIVES.keySet());
        tested.addAll(withoutFiles());
        assertThat(tested).isEqualTo(Families.all().keySet());
    }

    private static List<String> unnamed(Transformer described) {
        return DistinctParameters.of(described.parts()).stream()
                .map(DistinctParameters.Occurrence::parameter)
                .filter(parameter -> parameter.names().huggingFace().isEmpty())
                .map(parameter -> parameter.name())
                .toList();
    }
}
