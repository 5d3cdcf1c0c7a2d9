package dev.plimsoll.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/// Shape flags in the place of a REF.
class MegatronOptionsTest {
    /// Narayanan et al. 2021, equation 2: `12·l·h·h (1 + 13/12h + (V + s)/12lh)`, and the final norm's 2h beside it.
    @Test
    void theDefaultsAreMegatrons() {
        long layers = 48;
        long hidden = 6144;
        long published = 12 * layers * hidden * hidden + 13 * layers * hidden + (51_200 + 2048) * hidden;
        assertThat(out(
                        "model",
                        "-o",
                        "json",
                        "--num-layers",
                        "48",
                        "--hidden-size",
                        "6144",
                        "--num-attention-heads",
                        "64"))
                .contains("\"total\" : " + (published + 2 * hidden) + ",");
    }

    /// LLaMA-2 70B by flags, its vocabulary of 32,000 being a multiple of 128; 68,976,648,192 as Meta published it.
    @Test
    void everySwitchIsTaken() {
        assertThat(out("model -o json --num-layers 80 --hidden-size 8192 --num-attention-heads 64 --num-query-groups 8"
                        + " --ffn-hidden-size 28672 --vocab-size 32000 --max-position-embeddings 4096 --swiglu"
                        + " --normalization RMSNorm --disable-bias-linear --position-embedding-type rope"
                        + " --untie-embeddings-and-output-weights"))
                .contains("\"total\" : 68976648192,");
    }

    /// 50,257 rounded up to 50,304, a multiple of 128: 47 rows more, of 8 numbers each.
    @Test
    void theVocabularyIsPadded() {
        String shape = "model -o json --num-layers 1 --hidden-size 8 --num-attention-heads 2 --vocab-size 50257";
        String padded = out(shape + " --make-vocab-size-divisible-by 128");
        String asItIs = out(shape + " --make-vocab-size-divisible-by 1");
        assertThat(total(padded) - total(asItIs)).isEqualTo(47 * 8);
    }

    @Test
    void anIncompleteShapeAndAShapeBesideARefAreRefused() {
        assertThat(out("kv --num-layers 4 --hidden-size 64")).contains("--num-attention-heads: missing");
        assertThat(out("kv gpt2 --num-layers 4")).contains("found shape flags too");
    }

    private static long total(String json) {
        String digits = json.substring(json.indexOf("\"total\" : ") + 10);
        return Long.parseLong(digits.substring(0, digits.indexOf(',')));
    }

    private static String out(String line) {
        return out(line.split(" ", -1));
    }

    private static String out(String... arguments) {
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        PrintStream stream = new PrintStream(printed, true, StandardCharsets.UTF_8);
        new Plimsoll(stream, stream).run(arguments);
        return printed.toString(StandardCharsets.UTF_8);
    }
}
