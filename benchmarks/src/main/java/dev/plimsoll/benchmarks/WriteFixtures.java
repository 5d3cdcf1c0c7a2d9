package dev.plimsoll.benchmarks;

import dev.plimsoll.formats.fixtures.DeepSeekV3;
import dev.plimsoll.formats.model.Catalogue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Writes the inputs that whole processes are measured on: `dense/config.json`, and the sparse files of a model of 671
/// billion parameters as `safetensors/` (163 shards, their index, a config.json) and `deepseek-v3.gguf`.
public final class WriteFixtures {
    private WriteFixtures() {}

    /// @param arguments the folder to write to
    public static void main(String[] arguments) throws IOException {
        Path folder = Path.of(arguments[0]);
        writeConfig(folder.resolve("dense"), "llama-3.1-8b");
        Path shards = folder.resolve("safetensors");
        writeConfig(shards, "deepseek-v3");
        DeepSeekV3.writeSafetensors(shards);
        DeepSeekV3.writeGguf(folder.resolve("deepseek-v3.gguf"));
    }

    private static void writeConfig(Path folder, String model) throws IOException {
        Files.createDirectories(folder);
        String config = ConfigText.of(Catalogue.find(model).orElseThrow().config());
        Files.writeString(folder.resolve("config.json"), config);
    }
}
