package dev.plimsoll.formats.family;

import dev.plimsoll.formats.config.Config;
import dev.plimsoll.model.architecture.Transformer;
import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.units.Text;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;

/// Finds the family of a config and lets it describe the model.
public final class Families {
    private static final NavigableMap<String, Family> BY_MODEL_TYPE = collect(List.of(
            LlamaFamilies.ALL,
            LlamaLikeFamilies.ALL,
            ScaledFamilies.ALL,
            GemmaFamilies.ALL,
            Gemma4Families.ALL,
            OlmoFamilies.ALL,
            GptFamilies.ALL,
            ParallelFamilies.ALL,
            GlmFamilies.ALL,
            NemotronFamilies.ALL,
            EncoderFamilies.ALL,
            DebertaFamilies.ALL,
            T5Families.ALL,
            BartFamilies.ALL,
            VisionFamilies.ALL,
            ContrastiveFamilies.ALL,
            LlavaFamilies.ALL,
            GemmaVisionFamilies.ALL,
            QwenVisionFamilies.ALL,
            LlamaVisionFamilies.ALL,
            PaperFamilies.ALL,
            MegatronFamily.ALL,
            ExpertFamilies.ALL,
            DeepSeekFamilies.ALL,
            ChunkedExpertFamilies.ALL,
            StateSpaceFamilies.ALL,
            OriginalMamba.ALL,
            HybridFamilies.ALL,
            FalconHybrid.ALL,
            NemotronHybrid.ALL,
            LinearAttentionFamilies.ALL));

    private static final Pattern FOR_A_TASK =
            Pattern.compile("(For[A-Z].*|(With)?LMHead(Model)?|DoubleHeadsModel|Model)$");

    private Families() {}

    /// The families by `model_type`, sorted.
    public static NavigableMap<String, Family> all() {
        return Collections.unmodifiableNavigableMap(BY_MODEL_TYPE);
    }

    /// @throws InputException when the config is incomplete, absurd, or of an unknown family
    public static Transformer describe(Config config) {
        String modelType = modelType(config);
        Family family = BY_MODEL_TYPE.get(modelType);
        if (family == null) {
            throw InputException.unsupported(
                    config.file()
                            + (modelType.isEmpty()
                                    ? ": model_type is missing, and no architecture names a known family"
                                    : ": model_type is '" + Text.printable(modelType) + "', which is no known family"),
                    "Known are " + String.join(", ", BY_MODEL_TYPE.keySet()) + ".");
        }
        try {
            return family.describe(config);
        } catch (ArithmeticException overflow) {
            throw InputException.unreadable(
                    config.file() + ": its sizes multiply to more than 2^63",
                    "Check the sizes: no real model is that large.");
        } catch (IllegalArgumentException disagreement) {
            throw InputException.unreadable(
                    config.file() + ": its values disagree: "
                            + Text.printable(String.valueOf(disagreement.getMessage())),
                    "Check the file: it may be edited or damaged.");
        }
    }

    /// The `model_type` that a config names, or that its class stands for; empty where neither is known.
    static String modelType(Config config) {
        return config.text("model_type").orElseGet(() -> inferredType(config));
    }

    /// The family of a config without `model_type`: that of its class; else the original Mamba's by its keys, or BERT's
    /// where it is so old that no class is named either.
    private static String inferredType(Config config) {
        return config.texts("architectures").stream()
                .findFirst()
                .flatMap(Families::ofClass)
                .orElseGet(() -> inferredFromKeys(config));
    }

    /// The family whose name a class begins with, before the words for what the class is for: `GPTNeoXForCausalLM` is
    /// `gpt_neox`.
    private static Optional<String> ofClass(String name) {
        String family = FOR_A_TASK.matcher(name).replaceFirst("");
        return BY_MODEL_TYPE.keySet().stream()
                .filter(type -> type.replaceAll("[-_]", "").equalsIgnoreCase(family))
                .findFirst();
    }

    private static String inferredFromKeys(Config config) {
        if (OriginalMamba.isMeant(config)) {
            return OriginalMamba.TYPE;
        }
        boolean bert = config.has("type_vocab_size")
                && config.has("intermediate_size")
                && !config.has("rope_theta")
                && !config.has("rope_scaling")
                && !config.has("rope_parameters");
        return bert && config.texts("architectures").isEmpty() ? "bert" : "";
    }

    private static NavigableMap<String, Family> collect(List<Map<String, Family>> groups) {
        NavigableMap<String, Family> all = new TreeMap<>();
        groups.forEach(all::putAll);
        return all;
    }
}
