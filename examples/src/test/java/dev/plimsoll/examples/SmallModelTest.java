package dev.plimsoll.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.plimsoll.engine.generation.CacheLayout;
import dev.plimsoll.engine.generation.Feed;
import dev.plimsoll.engine.generation.GenerationOptions;
import dev.plimsoll.engine.generation.InferenceProgram;
import dev.plimsoll.engine.generation.Logits;
import dev.plimsoll.engine.generation.Sequence;
import dev.plimsoll.engine.generation.TextModel;
import dev.plimsoll.engine.kernel.Kernels;
import dev.plimsoll.engine.kernel.Workers;
import dev.plimsoll.engine.meter.Meter;
import dev.plimsoll.engine.operator.Machine;
import dev.plimsoll.engine.tensor.Memory;
import dev.plimsoll.engine.training.HeldParameter;
import dev.plimsoll.engine.training.ParameterPlace;
import dev.plimsoll.formats.checkpoint.Checkpoint;
import dev.plimsoll.formats.safetensors.SafetensorsFile;
import dev.plimsoll.formats.source.ByteSource;
import dev.plimsoll.formats.source.FileSource;
import dev.plimsoll.model.execution.Precision;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SmallModelTest {
    @TempDir
    private Path folder;

    @Test
    void theModelHasAsManyParametersAsItsSizesSay() {
        try (TrainSmallModel example = new TrainSmallModel()) {
            long parameters = example.trainer().parameters().all().stream()
                    .mapToLong(parameter -> parameter.weight().elements())
                    .sum();
            assertThat(parameters)
                    .isEqualTo(128 * 64 // tokens, and the tied head
                            + 3 * (2 * 64 * 64 + 2 * 32 * 64 + 3 * 64 * 192 + 2 * 64) // layers
                            + 64); // final norm
        }
    }

    @Test
    void theTextHoldsFarLessThanItsLettersDoByThemselves() {
        assertThat(letterEntropy()).isBetween(2.6, 3.0);
        // Noun phrase: 2 ln 2 + ln 8 / 2 + ln 16 = 5.199 nats in 4 + (4.375 + 1) / 2 + 5.375 + 0.5 = 12.5625 letters;
        // verb: ln 8 = 2.079 in 4.625 + 0.5; two phrases, two spaces, a full stop and a line's end.
        assertThat(HarbourText.entropy()).isCloseTo((2 * 5.199 + 2.079) / (2 * 12.5625 + 5.125 + 2 + 2), within(0.001));
    }

    @Test
    void aFewStepsLowerTheLossAndWhatWasSavedIsTheModelBitForBit() {
        float[] trained;
        String written;
        try (TrainSmallModel example = new TrainSmallModel()) {
            double before = example.train(1);
            assertThat(before).isBetween(4.5, 5.2); // ln 128 = 4.85: nothing known yet
            assertThat(example.train(30)).isLessThan(before - 1);
            example.save(folder);
            trained = logitsOfTrained(example);
        }
        try (ContinueText example = new ContinueText(folder)) {
            assertThat(logits(example.model())).isEqualTo(trained);
            written = example.behind("the ", 20);
            assertThat(written).hasSize(20);
            assertThat(example.behind("the ", 20)).isEqualTo(written);
        }
    }

    @Test
    void theFileHasTheNamesThatLlamaGivesItsTensors() {
        try (TrainSmallModel example = new TrainSmallModel()) {
            example.save(folder);
        }
        try (ByteSource file = FileSource.open(folder.resolve("model.safetensors"))) {
            Checkpoint checkpoint = SafetensorsFile.read(file, "model.safetensors");
            assertThat(checkpoint.tensors()).hasSize(1 + 3 * 9 + 1);
            assertThat(checkpoint.tensors())
                    .extracting(tensor -> tensor.name() + " " + tensor.dimensions())
                    .contains(
                            "model.embed_tokens.weight [128, 64]",
                            "model.layers.2.self_attn.k_proj.weight [32, 64]",
                            "model.layers.0.mlp.down_proj.weight [64, 192]",
                            "model.norm.weight [64]");
        }
    }

    /// Some three minutes on two cores.
    @Tag("slow")
    @Test
    void theWholeTrainingComesNearWhatTheTextHolds() {
        try (TrainSmallModel example = new TrainSmallModel()) {
            double loss = example.train(TrainSmallModel.STEPS);
            System.out.printf("measured: loss %.3f, entropy %.3f%n", loss, HarbourText.entropy());
            assertThat(loss).isLessThan(1.1 * HarbourText.entropy()).isLessThan(letterEntropy() / 5);
        }
    }

    /// What a predictor that knows only how often each letter occurs would have as its loss.
    private static double letterEntropy() {
        int[] text = new HarbourText(3).tokens(0, 100_000);
        Map<Integer, Long> counts =
                Arrays.stream(text).boxed().collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
        return counts.values().stream()
                .mapToDouble(count -> -count / (double) text.length * Math.log(count / (double) text.length))
                .sum();
    }

    private static float[] logitsOfTrained(TrainSmallModel example) {
        Map<String, HeldParameter> held = example.trainer().parameters().all().stream()
                .collect(Collectors.toMap(parameter -> parameter.place().name(), Function.identity()));
        InferenceProgram program = InferenceProgram.of(SmallLlama.description());
        try (Workers workers = new Workers(2)) {
            Machine machine = Machine.of(Kernels.best(), workers, Meter.off(), Memory.unlimited());
            return logits(new TextModel(
                    program,
                    (step, parameter) -> Objects.requireNonNull(
                                    held.get(new ParameterPlace(step.label(), step.layer(), parameter).name()))
                            .weight(),
                    machine,
                    GenerationOptions.of(Precision.FULL, new CacheLayout.Contiguous(SmallLlama.TOKENS))));
        }
    }

    private static float[] logits(TextModel model) {
        Sequence sequence = model.start();
        List<Integer> tokens = "the old ships tow".chars().boxed().toList();
        float[] logits = model.feed(List.of(new Feed(sequence, tokens)), Logits.After.NEWEST)
                .logits()
                .newest(0);
        sequence.release();
        return logits;
    }
}
