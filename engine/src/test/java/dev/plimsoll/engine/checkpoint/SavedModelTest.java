package dev.plimsoll.engine.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.engine.kernel.ScalarKernels;
import dev.plimsoll.engine.kernel.Workers;
import dev.plimsoll.engine.meter.Meter;
import dev.plimsoll.engine.meter.Work;
import dev.plimsoll.engine.operator.Machine;
import dev.plimsoll.engine.tensor.Memory;
import dev.plimsoll.engine.tensor.Tensor;
import dev.plimsoll.engine.training.HeldParameter;
import dev.plimsoll.engine.training.ParameterSource;
import dev.plimsoll.engine.training.RandomParameters;
import dev.plimsoll.engine.training.Trainer;
import dev.plimsoll.formats.checkpoint.Dimensions;
import dev.plimsoll.formats.config.Config;
import dev.plimsoll.formats.family.Families;
import dev.plimsoll.formats.files.ConfigFile;
import dev.plimsoll.formats.safetensors.SafetensorsOutput;
import dev.plimsoll.formats.safetensors.SafetensorsValues;
import dev.plimsoll.formats.source.ByteSource;
import dev.plimsoll.formats.source.FileSource;
import dev.plimsoll.model.architecture.Transformer;
import dev.plimsoll.model.execution.AttentionKernel;
import dev.plimsoll.model.execution.Optimizer;
import dev.plimsoll.model.execution.Precision;
import dev.plimsoll.model.execution.TrainingExecution;
import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.rewrite.TrainingProgram;
import dev.plimsoll.model.shape.DataType;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SavedModelTest {
    private static final String LLAMA = """
            {"model_type": "llama", "vocab_size": 11, "hidden_size": 8, "intermediate_size": 12,
             "num_hidden_layers": 2, "num_attention_heads": 2, "num_key_value_heads": 1}
            """;
    private static final String MIXTRAL = """
            {"model_type": "mixtral", "vocab_size": 11, "hidden_size": 8, "intermediate_size": 12,
             "num_hidden_layers": 1, "num_attention_heads": 2, "num_key_value_heads": 1,
             "num_local_experts": 3, "num_experts_per_tok": 2}
            """;
    private static final String GPT2 = """
            {"model_type": "gpt2", "vocab_size": 11, "n_embd": 8, "n_layer": 1, "n_head": 2, "n_positions": 16}
            """;

    @TempDir
    private Path folder;

    @Test
    void whatIsReadAgainIsWhatWasSavedBitForBit() throws IOException {
        for (Precision precision : List.of(Precision.FULL, Precision.MIXED_16)) {
            TrainingProgram program = program(LLAMA, precision);
            List<float[]> saved = save(program, LLAMA);
            try (ByteSource file = FileSource.open(weights())) {
                SavedParameters again = SavedParameters.open(file, Places.of(program));
                assertThat(weights(program, again)).usingRecursiveComparison().isEqualTo(saved);
            }
            assertThat(Files.readString(folder.resolve(SavedModel.CONFIG))).isEqualTo(LLAMA);
        }
    }

    @Test
    void eachExpertHasATensorOfItsOwn() {
        TrainingProgram program = program(MIXTRAL, Precision.FULL);
        List<float[]> saved = save(program, MIXTRAL);
        try (ByteSource file = FileSource.open(weights())) {
            assertThat(SafetensorsValues.of(file, "w").checkpoint().tensors())
                    .extracting(tensor -> tensor.name() + " " + tensor.dimensions())
                    .contains("model.layers.0.block_sparse_moe.experts.2.w2.weight [8, 12]");
            SavedParameters again = SavedParameters.open(file, Places.of(program));
            assertThat(weights(program, again)).usingRecursiveComparison().isEqualTo(saved);
        }
    }

    @Test
    void fusedAndTurnedTensorsAreRefusedBeforeAnythingIsWritten() throws IOException {
        TrainingProgram program = program(GPT2, Precision.FULL);
        assertThatThrownBy(() -> save(program, GPT2))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("tensor transformer.h.0.attn.c_attn.weight: found a matrix with its inputs first,"
                        + " expected outputs first");
        TrainingProgram llama = program(LLAMA, Precision.FULL);
        save(llama, LLAMA);
        change(
                tensors -> tensors.stream()
                        .filter(tensor -> !tensor.name().contains(".0.self_attn.")
                                || !tensor.name().matches(".*[qkv]_proj.weight"))
                        .toList(),
                tensor("model.layers.0.self_attn.qkv_proj.weight", 16, 8));
        assertRefused(
                llama,
                "tensor model.layers.0.self_attn.qkv_proj.weight: found attention.query.weight and"
                        + " attention.key.weight fused in it, expected one parameter");
    }

    @Test
    void aFileOfAnotherModelIsRefusedByItsFirstTensorAndTheNumberOfOthers() throws IOException {
        TrainingProgram program = program(LLAMA, Precision.FULL);
        save(program, LLAMA);
        change(tensors -> tensors.stream()
                .filter(tensor -> !tensor.name().equals("model.norm.weight"))
                .toList());
        assertRefused(program, "tensor model.norm.weight: found none, expected one of [8]");

        save(program, LLAMA);
        change(UnaryOperator.identity(), tensor("other.weight", 3));
        assertRefused(program, "tensor other.weight: found [3], expected no tensor of that name");

        save(program, LLAMA);
        change(tensors -> tensors.stream()
                .map(tensor -> tensor.name().endsWith("norm.weight") ? tensor(tensor.name(), 2, 4) : tensor)
                .toList());
        assertRefused(
                program,
                "tensor model.layers.0.input_layernorm.weight: found the dimensions [2, 4], expected [8]"
                        + " (and 4 more tensors disagree)");
    }

    @Test
    void aValueThatIsNoNumberIsRefusedWhereItStands() throws IOException {
        TrainingProgram program = program(LLAMA, Precision.FULL);
        save(program, LLAMA);
        change(tensors -> tensors.stream()
                .map(tensor -> tensor.name().equals("model.norm.weight")
                        ? new SafetensorsOutput.Tensor(tensor.name(), DataType.F32, tensor.dimensions(), () ->
                                new float[] {1, 1, 1, Float.NaN, 1, 1, 1, 1})
                        : tensor)
                .toList());
        assertRefused(program, "tensor model.norm.weight: found NaN as element 3, expected finite numbers");
    }

    @Test
    void aWriteThatFailsLeavesTheOldFileAndNothingElse() throws IOException {
        TrainingProgram program = program(LLAMA, Precision.FULL);
        save(program, LLAMA);
        byte[] before = Files.readAllBytes(weights());
        assertThatThrownBy(() -> SafetensorsOutput.write(
                        weights(),
                        List.of(
                                tensor("a", 5),
                                new SafetensorsOutput.Tensor("b", DataType.F32, Dimensions.of(4), () -> new float[3]))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("b has 3 elements and not 4");
        assertThat(Files.readAllBytes(weights())).isEqualTo(before);
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files.map(file -> folder.relativize(file).toString()))
                    .containsExactlyInAnyOrder("config.json", "model.safetensors");
        }
    }

    private Path weights() {
        return folder.resolve(SavedModel.WEIGHTS);
    }

    private static TrainingProgram program(String config, Precision precision) {
        ByteArrayInputStream text = new ByteArrayInputStream(config.getBytes(StandardCharsets.UTF_8));
        Transformer model = Families.describe(new Config("config", ConfigFile.read("config", text)));
        return TrainingProgram.of(model, TrainingExecution.of(precision, new AttentionKernel.Materialised()));
    }

    private List<float[]> save(TrainingProgram program, String config) {
        return with(program, new RandomParameters(4), trainer -> {
            SavedModel.write(folder, config, trainer.parameters());
        });
    }

    private static List<float[]> weights(TrainingProgram program, SavedParameters source) {
        return with(program, source, trainer -> {});
    }

    private static List<float[]> with(TrainingProgram program, ParameterSource source, Consumer<Trainer> use) {
        try (Workers workers = new Workers(1)) {
            Machine machine = Machine.of(new ScalarKernels(), workers, Meter.off(), Memory.unlimited());
            try (Trainer trainer =
                    Trainer.start("tiny", program, new Optimizer.GradientDescent(1), source, machine, 1)) {
                use.accept(trainer);
                return trainer.parameters().all().stream()
                        .map(HeldParameter::weight)
                        .map(SavedModelTest::floats)
                        .toList();
            }
        }
    }

    private static float[] floats(Tensor tensor) {
        float[] values = new float[tensor.elements()];
        tensor.load(0, values, 0, values.length, Work.ignored());
        return values;
    }

    private static SafetensorsOutput.Tensor tensor(String name, long... sizes) {
        Dimensions dimensions = Dimensions.of(sizes);
        return new SafetensorsOutput.Tensor(
                name, DataType.F32, dimensions, () -> new float[Math.toIntExact(dimensions.elements())]);
    }

    /// Writes the saved file again with other tensors, and further ones behind.
    private void change(UnaryOperator<List<SafetensorsOutput.Tensor>> change, SafetensorsOutput.Tensor... further) {
        List<SafetensorsOutput.Tensor> tensors = new ArrayList<>();
        try (ByteSource file = FileSource.open(weights())) {
            SafetensorsValues values = SafetensorsValues.of(file, "w");
            values.checkpoint().tensors().forEach(tensor -> {
                float[] elements = values.read(tensor.name());
                tensors.add(new SafetensorsOutput.Tensor(
                        tensor.name(), tensor.type(), tensor.dimensions(), () -> elements));
            });
        }
        List<SafetensorsOutput.Tensor> changed = new ArrayList<>(change.apply(tensors));
        changed.addAll(Arrays.asList(further));
        SafetensorsOutput.write(weights(), changed);
    }

    private void assertRefused(TrainingProgram program, String message) {
        try (ByteSource file = FileSource.open(weights())) {
            assertThatThrownBy(() -> weights(program, SavedParameters.open(file, Places.of(program))))
                    .isInstanceOf(InputException.class)
                    .hasMessageContaining(message);
        }
    }
}
