package dev.plimsoll.judges;

import static dev.plimsoll.judges.Agreement.largestDifference;
import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OrtException;
import dev.plimsoll.formats.config.Config;
import dev.plimsoll.formats.family.Families;
import dev.plimsoll.formats.model.Catalogue;
import dev.plimsoll.formats.source.FileSource;
import dev.plimsoll.model.architecture.Part;
import dev.plimsoll.model.execution.AttentionKernel;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// all-MiniLM-L6-v2, a BERT of 6 layers and 384 channels, with its trained weights: our engine against ONNX Runtime.
///
/// The hidden states are the last layer's, behind a LayerNorm, and so of a size around 1: both sides round some 10^3 sums
/// in f32, which leaves 1e-4 as the tolerance.
@Tag("slow")
class EncoderJudgeTest {
    private static final String MODEL = "all-minilm-l6-v2";
    private static final int VOCABULARY = 30_522;
    private static final int WIDTH = 384;
    private static final double TOLERANCE = 1e-4;
    private static final long SEED = 20;

    @TempDir
    private static Path folder;

    private static Path file;
    private static OnnxRuntime runtime;

    @BeforeAll
    static void openTheModel() throws IOException, OrtException {
        file = folder.resolve(MODEL + ".onnx");
        try (InputStream stream = EncoderJudgeTest.class.getResourceAsStream("/" + MODEL + ".onnx")) {
            assertThat(stream).as("the model in a jar of the tests").isNotNull();
            Files.copy(stream, file);
        }
        runtime = new OnnxRuntime(file);
    }

    @AfterAll
    static void closeTheModel() throws OrtException {
        runtime.close();
    }

    @Test
    void everyLayersSixMatricesAreFoundThroughTheGraph() {
        try (FileSource source = FileSource.open(file)) {
            // Query, key, value, output, and the two of the feed-forward network.
            assertThat(new OnnxWeights(source).renamed())
                    .hasSize(6 * 6)
                    .containsEntry("encoder.layer.0.attention.self.query.weight", "onnx::MatMul_885")
                    .containsEntry("encoder.layer.5.output.dense.weight", "onnx::MatMul_962");
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "3, 7", "2, 64", "1, 200"})
    void textsOfOneLengthHaveTheSameHiddenStates(int texts, int length) throws OrtException {
        int[][] tokens = randomTokens(texts, length);
        int[] lengths = new int[texts];
        Arrays.fill(lengths, length);
        try (EncoderRun run = engine(new AttentionKernel.Materialised())) {
            assertThat(largestDifference(run.hiddenStates(tokens), runtime.hiddenStates(tokens, lengths)))
                    .as("hidden states of texts drawn with seed %d", SEED + length)
                    .isLessThan(TOLERANCE);
        }
    }

    @Test
    void aTextAloneIsWhatItIsAmongLongerOnesBehindAMask() throws OrtException {
        int[] lengths = {5, 33, 1, 17};
        int longest = 33;
        int[][] tokens = randomTokens(lengths.length, longest);
        float[] padded = runtime.hiddenStates(tokens, lengths);
        try (EncoderRun run = engine(new AttentionKernel.Tiled(8, 16))) {
            for (int text = 0; text < lengths.length; text++) {
                int[][] alone = {Arrays.copyOf(tokens[text], lengths[text])};
                int first = text * longest * WIDTH;
                float[] masked = Arrays.copyOfRange(padded, first, first + lengths[text] * WIDTH);
                assertThat(largestDifference(run.hiddenStates(alone), masked))
                        .as("hidden states of the %d tokens of text %d", lengths[text], text)
                        .isLessThan(TOLERANCE);
            }
        }
    }

    private static EncoderRun engine(AttentionKernel attention) {
        Catalogue.Entry entry = Catalogue.find(MODEL).orElseThrow();
        Part encoder = Families.describe(new Config("config.json", entry.config())).parts().stream()
                .filter(part -> part.kind() == Part.Kind.TEXT_ENCODER)
                .findFirst()
                .orElseThrow();
        try (FileSource source = FileSource.open(file)) {
            return new EncoderRun(encoder, new OnnxWeights(source), attention);
        }
    }

    private static int[][] randomTokens(int texts, int length) {
        Random random = new Random(SEED + length);
        int[][] tokens = new int[texts][];
        for (int text = 0; text < texts; text++) {
            tokens[text] = random.ints(length, 0, VOCABULARY).toArray();
        }
        return tokens;
    }
}
