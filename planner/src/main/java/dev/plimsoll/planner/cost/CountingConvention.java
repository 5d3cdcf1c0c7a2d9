package dev.plimsoll.planner.cost;

import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.units.Nearest;
import dev.plimsoll.model.units.Text;
import java.util.List;

/// What a FLOP figure counts. Figures under two conventions differ by up to twice in attention alone.
///
/// None counts softmax, normalisations (but see [LatentNorms]), activations, biases, rotations, look-ups, residual
/// additions or the optimizer. One multiply-add is two FLOPs in all.
///
/// @param vocabularyMultiple the head's outputs are padded to a multiple of this; 1 for as many as there are
/// @param source where the form comes from
public record CountingConvention(
        String name,
        Form form,
        Pairs pairs,
        Recomputed recomputed,
        long vocabularyMultiple,
        Table table,
        Choosers choosers,
        Recurrences recurrences,
        LatentNorms latentNorms,
        Experts experts,
        String source) {
    /// How the figure is made.
    public enum Form {
        /// Operator by operator.
        WALK("walked operator by operator"),
        /// Two FLOPs a parameter and token, and the attention core beside them.
        PARAMETERS("two FLOPs a parameter and token, plus the attention core"),
        /// One formula of the sizes of a classic Transformer, whatever the model's blocks are.
        CLOSED_FORM("one closed form of layers, hidden size and vocabulary");

        private final String words;

        Form(String words) {
            this.words = words;
        }
    }

    /// Which pairs of tokens the attention core multiplies.
    public enum Pairs {
        /// Exactly those the mask lets a query see: `s(s+1)/2` when causal, fewer under windows.
        VISIBLE("attention over exactly the visible pairs"),
        /// Half of the square, `s^2/2`; windows are ignored.
        CAUSAL_HALF("attention over half of the square, windows ignored"),
        /// The whole square; masks are ignored.
        FULL_SQUARE("attention over the full square, masks ignored");

        private final String words;

        Pairs(String words) {
            this.words = words;
        }
    }

    /// Whether work done again in the backward pass counts.
    public enum Recomputed {
        AS_RUN("recomputation as run"),
        /// As run, but selective recomputation adds the core's forward and backward work once more.
        CORE_TWICE("selective recomputation doubles the attention core's whole term"),
        ALWAYS_FULL("full recomputation always"),
        /// One more forward pass where every layer is run again, nothing where only the core is.
        FULL_ONLY("full recomputation as run, selective not"),
        NEVER("recomputation not counted");

        private final String words;

        Recomputed(String words) {
            this.words = words;
        }
    }

    /// Whether tables that are only looked up count as if they were multiplied.
    public enum Table {
        COUNTED("embedding counted"),
        NOT_COUNTED("embedding not counted");

        private final String words;

        Table(String words) {
            this.words = words;
        }
    }

    /// Whether the small products count that choose experts or tokens, or gate a shared expert.
    public enum Choosers {
        COUNTED("routers and indexers counted"),
        NOT_COUNTED("routers and indexers not counted");

        private final String words;

        Choosers(String words) {
            this.words = words;
        }
    }

    /// How state spaces, delta rules and convolutions count.
    public enum Recurrences {
        AS_WRITTEN("recurrences as written"),
        /// Seven FLOPs a state element of a state space, whose convolutions are left out; delta rules as written.
        SEVEN_A_STATE("state spaces at seven FLOPs a state element"),
        BY_PARAMETERS("recurrences by their parameters only");

        private final String words;

        Recurrences(String words) {
            this.words = words;
        }
    }

    /// Whether the normalisation of latents counts, as one multiply-add an element.
    public enum LatentNorms {
        COUNTED("normalisation of latents counted"),
        NOT_COUNTED("no normalisation counted");

        private final String words;

        LatentNorms(String words) {
            this.words = words;
        }
    }

    /// Which experts count.
    public enum Experts {
        ACTIVE("active experts"),
        ALL("all experts");

        private final String words;

        Experts(String words) {
            this.words = words;
        }
    }

    private static final int SUGGESTIONS = 3;

    /// Every matrix product, convolution and recurrence that is really run, and nothing else.
    public static final CountingConvention STRICT = new CountingConvention(
            "strict",
            Form.WALK,
            Pairs.VISIBLE,
            Recomputed.AS_RUN,
            1,
            Table.NOT_COUNTED,
            Choosers.COUNTED,
            Recurrences.AS_WRITTEN,
            LatentNorms.NOT_COUNTED,
            Experts.ACTIVE,
            "multiply-adds of the operators, two FLOPs each");

    public static final CountingConvention PALM = new CountingConvention(
            "palm",
            Form.PARAMETERS,
            Pairs.FULL_SQUARE,
            Recomputed.NEVER,
            1,
            Table.COUNTED,
            Choosers.COUNTED,
            Recurrences.BY_PARAMETERS,
            LatentNorms.NOT_COUNTED,
            Experts.ACTIVE,
            "Chowdhery et al. 2022 (PaLM), appendix B: 6N + 12LHQT a token");

    public static final CountingConvention TORCHTITAN = new CountingConvention(
            "torchtitan",
            Form.PARAMETERS,
            Pairs.FULL_SQUARE,
            Recomputed.NEVER,
            1,
            Table.NOT_COUNTED,
            Choosers.COUNTED,
            Recurrences.BY_PARAMETERS,
            LatentNorms.NOT_COUNTED,
            Experts.ACTIVE,
            "pytorch/torchtitan b5bcd76c, torchtitan/models/utils.py");

    public static final CountingConvention MEGATRON = new CountingConvention(
            "megatron",
            Form.WALK,
            Pairs.CAUSAL_HALF,
            Recomputed.NEVER,
            128,
            Table.NOT_COUNTED,
            Choosers.NOT_COUNTED,
            Recurrences.SEVEN_A_STATE,
            LatentNorms.COUNTED,
            Experts.ACTIVE,
            "NVIDIA/Megatron-LM d98e8a64, num_floating_point_operations");

    /// The vocabulary as it is: the paper's formula takes the padded 51,200 of its models, which are built so. A
    /// general decoder is walked, where the paper has only the classic block.
    public static final CountingConvention MEGATRON_2021 = new CountingConvention(
            "megatron2021",
            Form.WALK,
            Pairs.FULL_SQUARE,
            Recomputed.ALWAYS_FULL,
            1,
            Table.NOT_COUNTED,
            Choosers.NOT_COUNTED,
            Recurrences.AS_WRITTEN,
            LatentNorms.NOT_COUNTED,
            Experts.ACTIVE,
            "Narayanan et al. 2021, equation 3: 96 B s l h^2 (1 + s/6h + V/16lh)");

    public static final CountingConvention KORTHIKANTI_2022 = new CountingConvention(
            "korthikanti2022",
            Form.WALK,
            Pairs.FULL_SQUARE,
            Recomputed.CORE_TWICE,
            1,
            Table.NOT_COUNTED,
            Choosers.NOT_COUNTED,
            Recurrences.AS_WRITTEN,
            LatentNorms.NOT_COUNTED,
            Experts.ACTIVE,
            "Korthikanti et al. 2022, appendix A: 72 B L s h^2 (1 + s/6h + v/12hL)");

    public static final CountingConvention MEGATRON_DEEPSPEED = new CountingConvention(
            "megatron-deepspeed",
            Form.CLOSED_FORM,
            Pairs.FULL_SQUARE,
            Recomputed.FULL_ONLY,
            128,
            Table.NOT_COUNTED,
            Choosers.NOT_COUNTED,
            Recurrences.BY_PARAMETERS,
            LatentNorms.NOT_COUNTED,
            Experts.ACTIVE,
            "microsoft/Megatron-DeepSpeed 0782d753, megatron/utils.py, and its bigscience fork for gated blocks");

    /// All presets, `strict` first.
    public static List<CountingConvention> presets() {
        return List.of(STRICT, PALM, MEGATRON_2021, KORTHIKANTI_2022, MEGATRON_DEEPSPEED, MEGATRON, TORCHTITAN);
    }

    public CountingConvention {
        if (vocabularyMultiple < 1) {
            throw new IllegalArgumentException("a vocabulary is a multiple of at least 1, not " + vocabularyMultiple);
        }
    }

    /// The preset of that name.
    ///
    /// @throws InputException naming all of them
    public static CountingConvention named(String name) {
        for (CountingConvention convention : presets()) {
            if (convention.name.equals(name)) {
                return convention;
            }
        }
        List<String> names = presets().stream().map(CountingConvention::name).toList();
        throw InputException.usage(
                "counting convention: found '" + Text.printable(name) + "', expected one of " + String.join(", ", names),
                "The nearest are " + String.join(", ", Nearest.of(name, names, SUGGESTIONS)) + ".");
    }

    public CountingConvention withPairs(Pairs other) {
        return new CountingConvention(
                name + ", " + other.words,
                form,
                other,
                recomputed,
                vocabularyMultiple,
                table,
                choosers,
                recurrences,
                latentNorms,
                experts,
                source);
    }

    /// The same, with recomputation counted otherwise.
    public CountingConvention withRecomputed(Recomputed other) {
        return new CountingConvention(
                name,
                form,
                pairs,
                other,
                vocabularyMultiple,
                table,
                choosers,
                recurrences,
                latentNorms,
                experts,
                source);
    }

    public CountingConvention withExperts(Experts other) {
        return new CountingConvention(
                name + ", " + other.words,
                form,
                pairs,
                recomputed,
                vocabularyMultiple,
                table,
                choosers,
                recurrences,
                latentNorms,
                other,
                source);
    }

    /// Megatron pads the vocabulary to a multiple of 128 times the tensor-parallel degree.
    public CountingConvention withVocabularyMultiple(long multiple) {
        return new CountingConvention(
                name, form, pairs, recomputed, multiple, table, choosers, recurrences, latentNorms, experts, source);
    }

    /// All choices in words.
    public String words() {
        String vocabulary =
                vocabularyMultiple == 1 ? "vocabulary as built" : "vocabulary padded to " + vocabularyMultiple;
        return String.join(
                "; ",
                form.words,
                pairs.words,
                recomputed.words,
                vocabulary,
                table.words,
                choosers.words,
                recurrences.words,
                latentNorms.words,
                experts.words);
    }

    long padded(long vocabulary) {
        return Math.multiplyExact(Math.ceilDiv(vocabulary, vocabularyMultiple), vocabularyMultiple);
    }
}
