package dev.plimsoll.examples;

import dev.plimsoll.engine.checkpoint.LoadedWeights;
import dev.plimsoll.engine.checkpoint.Places;
import dev.plimsoll.engine.checkpoint.SavedModel;
import dev.plimsoll.engine.checkpoint.SavedParameters;
import dev.plimsoll.engine.generation.CacheLayout;
import dev.plimsoll.engine.generation.GenerationOptions;
import dev.plimsoll.engine.generation.Generator;
import dev.plimsoll.engine.generation.InferenceProgram;
import dev.plimsoll.engine.generation.NextToken;
import dev.plimsoll.engine.generation.SegmentPlan;
import dev.plimsoll.engine.generation.TextModel;
import dev.plimsoll.engine.kernel.Kernels;
import dev.plimsoll.engine.kernel.Workers;
import dev.plimsoll.engine.meter.Meter;
import dev.plimsoll.engine.operator.Machine;
import dev.plimsoll.engine.tensor.Memory;
import dev.plimsoll.formats.config.Config;
import dev.plimsoll.formats.family.Families;
import dev.plimsoll.formats.files.ConfigFile;
import dev.plimsoll.formats.source.ByteSource;
import dev.plimsoll.formats.source.FileSource;
import dev.plimsoll.model.execution.Precision;
import dev.plimsoll.model.shape.DataType;
import java.nio.file.Path;
import java.util.List;

/// Loads what [TrainSmallModel] saved, and lets it continue a text, token by token over a cache of keys and values.
public final class ContinueText implements AutoCloseable {
    private final Workers workers = new Workers(Runtime.getRuntime().availableProcessors());
    private final Memory memory = Memory.unlimited();
    private final LoadedWeights weights;
    private final TextModel model;

    ContinueText(Path folder) {
        Path config = folder.resolve(SavedModel.CONFIG);
        InferenceProgram program =
                InferenceProgram.of(Families.describe(new Config(config.toString(), ConfigFile.read(config))));
        try (ByteSource file = FileSource.open(folder.resolve(SavedModel.WEIGHTS))) {
            SavedParameters saved = SavedParameters.open(file, Places.of(program));
            this.weights = LoadedWeights.of(program, saved, DataType.F32, memory);
        }
        Machine machine = Machine.of(Kernels.best(), workers, Meter.off(), memory);
        GenerationOptions options = GenerationOptions.of(Precision.FULL, new CacheLayout.Contiguous(SmallLlama.TOKENS));
        this.model = new TextModel(program, weights, machine, options);
    }

    /// @param arguments the folder, and the text to continue
    public static void main(String[] arguments) {
        if (arguments.length != 2) {
            System.err.println("usage: ContinueText FOLDER TEXT");
            return;
        }
        try (ContinueText example = new ContinueText(Path.of(arguments[0]))) {
            int newTokens = SmallLlama.TOKENS - arguments[1].length();
            System.out.println(arguments[1] + example.behind(arguments[1], newTokens));
        }
    }

    /// What the model writes behind a text, drawn with its own probabilities.
    String behind(String text, int newTokens) {
        Generator generator = new Generator(model, NextToken.Sampled.of(1, 7), SegmentPlan.WHOLE);
        List<Integer> prompt = text.chars().boxed().toList();
        StringBuilder written = new StringBuilder();
        generator
                .generate(List.of(prompt), newTokens)
                .getFirst()
                .forEach(token -> written.append((char) token.intValue()));
        return written.toString();
    }

    TextModel model() {
        return model;
    }

    @Override
    public void close() {
        weights.close();
        workers.close();
    }
}
