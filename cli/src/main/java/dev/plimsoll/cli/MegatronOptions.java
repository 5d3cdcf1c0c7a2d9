package dev.plimsoll.cli;

import dev.plimsoll.formats.model.LoadedModel;
import dev.plimsoll.formats.model.MegatronShape;
import dev.plimsoll.formats.model.MegatronShape.Choice;
import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.units.Quantities;
import dev.plimsoll.model.units.Text;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import picocli.CommandLine.Option;

/// Megatron-LM's shape flags, which describe a model in the place of a REF.
final class MegatronOptions {
    @Option(names = "--num-layers", paramLabel = "L", description = "Layers; begins a shape in the place of a REF.")
    private String layers = "";

    @Option(names = "--hidden-size", paramLabel = "H", description = "Width of the residual stream.")
    private String hiddenSize = "";

    @Option(names = "--num-attention-heads", paramLabel = "A", description = "Query heads.")
    private String attentionHeads = "";

    @Option(names = "--num-query-groups", paramLabel = "K", description = "Key/value heads (default: A).")
    private String queryGroups = "";

    @Option(names = "--kv-channels", paramLabel = "D", description = "Head size (default: H / A).")
    private String headSize = "";

    @Option(
            names = "--ffn-hidden-size",
            paramLabel = "F",
            description = "Feed-forward width (default: 4H, gated 8H/3).")
    private String feedForwardSize = "";

    @Option(names = "--vocab-size", paramLabel = "V", description = "Vocabulary before padding (default: 51200).")
    private String vocabulary = "";

    @Option(
            names = "--make-vocab-size-divisible-by",
            paramLabel = "N",
            description = "What the vocabulary is padded to a multiple of (default: 128).")
    private String vocabularyMultiple = "";

    @Option(
            names = "--max-position-embeddings",
            paramLabel = "P",
            description = "The longest context, and rows of a learned position table (default: 2048).")
    private String maxPositions = "";

    @Option(names = "--normalization", paramLabel = "KIND", description = "LayerNorm or RMSNorm (default: LayerNorm).")
    private String normalization = "";

    @Option(
            names = "--position-embedding-type",
            paramLabel = "KIND",
            description = "learned_absolute, rope or none (default: learned_absolute).")
    private String positions = "";

    @Option(names = "--swiglu", description = "A gated feed-forward network.")
    private boolean gated;

    @Option(names = "--disable-bias-linear", description = "Linear maps without biases.")
    private boolean withoutBiases;

    @Option(names = "--untie-embeddings-and-output-weights", description = "A head with weights of its own.")
    private boolean untied;

    private static final Set<String> NAMES = Set.of(
            "--num-layers",
            "--hidden-size",
            "--num-attention-heads",
            "--num-query-groups",
            "--kv-channels",
            "--ffn-hidden-size",
            "--vocab-size",
            "--make-vocab-size-divisible-by",
            "--max-position-embeddings",
            "--normalization",
            "--position-embedding-type",
            "--swiglu",
            "--disable-bias-linear",
            "--untie-embeddings-and-output-weights");

    /// Whether a flag describes a model.
    static boolean isShape(String flag) {
        return NAMES.contains(flag);
    }

    /// The model that these flags describe, or where there are none the one that the REF names.
    LoadedModel orReference(String reference, ReferenceOptions models) {
        boolean isGiven = isGiven();
        if (isGiven == !reference.isEmpty()) {
            throw InputException.usage(
                    isGiven
                            ? "model '" + Text.printable(reference)
                                    + "': found shape flags too, expected one or the other"
                            : "the model is missing, expected a REF",
                    "Give a name (plimsoll models lists them), a path or hf:owner/name; or --num-layers,"
                            + " --hidden-size and --num-attention-heads.");
        }
        return isGiven ? read() : models.read(reference);
    }

    /// Whether a shape is given in the place of a REF.
    boolean isGiven() {
        return !layers.isEmpty() || !hiddenSize.isEmpty() || !attentionHeads.isEmpty();
    }

    private LoadedModel read() {
        List<String> assumed = new ArrayList<>();
        String norm = or(normalization, "LayerNorm", "--normalization", assumed);
        String embedding = or(positions, "learned_absolute", "--position-embedding-type", assumed);
        if (!gated) {
            assumed.add("no --swiglu (GELU)");
        }
        if (!withoutBiases) {
            assumed.add("biases");
        }
        if (!untied) {
            assumed.add("a tied head");
        }
        if (feedForwardSize.isEmpty()) {
            assumed.add(gated ? "--ffn-hidden-size 8H/3" : "--ffn-hidden-size 4H");
        }
        return new MegatronShape(
                        required("--num-layers", layers),
                        required("--hidden-size", hiddenSize),
                        optional("--ffn-hidden-size", feedForwardSize),
                        required("--num-attention-heads", attentionHeads),
                        optional("--num-query-groups", queryGroups),
                        optional("--kv-channels", headSize),
                        count(maxPositions, 2048, "--max-position-embeddings", assumed),
                        count(vocabulary, 51_200, "--vocab-size", assumed),
                        count(vocabularyMultiple, 128, "--make-vocab-size-divisible-by", assumed),
                        new MegatronShape.Switches(
                                norm,
                                embedding,
                                gated ? Choice.YES : Choice.NO,
                                withoutBiases ? Choice.NO : Choice.YES,
                                untied ? Choice.NO : Choice.YES),
                        assumed)
                .read();
    }

    private static long required(String flag, String text) {
        if (text.isEmpty()) {
            throw InputException.usage(
                    flag + ": missing, expected with the other shape flags",
                    "Give --num-layers, --hidden-size and --num-attention-heads, or a REF.");
        }
        return Quantities.count(flag, text);
    }

    private static OptionalLong optional(String flag, String text) {
        return text.isEmpty() ? OptionalLong.empty() : OptionalLong.of(Quantities.count(flag, text));
    }

    private static long count(String text, long usual, String flag, List<String> assumed) {
        if (!text.isEmpty()) {
            return Quantities.count(flag, text);
        }
        assumed.add(flag + " " + usual);
        return usual;
    }

    private static String or(String text, String usual, String flag, List<String> assumed) {
        if (!text.isEmpty()) {
            return text;
        }
        assumed.add(flag + " " + usual);
        return usual;
    }
}
