package dev.plimsoll.formats.files;

import dev.plimsoll.formats.source.ByteSource;
import dev.plimsoll.formats.source.FileSource;
import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.units.Text;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Locale;
import java.util.Optional;

/// The files that a path leads to: a config, a checkpoint, or both.
///
/// @param config a `config.json`, or whatever pipe it comes from; [ConfigFile] reads it
/// @param checkpoint where the checkpoint begins
public record ModelFiles(Optional<Path> config, Optional<CheckpointFiles> checkpoint) {
    private static final int GGUF_MAGIC = 0x46554747;

    /// Finds the files of a model.
    ///
    /// A folder is searched. A checkpoint's file takes the config beside it, except a GGUF file, which describes
    /// itself. A config stands alone; and so does a pipe, which can only be a config.
    ///
    /// @param path a folder, a file, a pipe, or `-`
    /// @throws InputException when there is nothing, nothing that belongs to a model, or more than one model
    public static ModelFiles find(Path path) {
        if (path.equals(ConfigFile.STANDARD_INPUT)) {
            return ofConfig(path);
        }
        BasicFileAttributes attributes;
        try {
            attributes = Files.readAttributes(path, BasicFileAttributes.class);
        } catch (IOException failure) {
            throw FileSource.unreadable(Text.printable(path.toString()), failure);
        }
        if (attributes.isDirectory()) {
            return ModelFolder.search(path);
        }
        Optional<ModelFiles> named = byName(path);
        if (named.isPresent()) {
            return named.get();
        }
        return attributes.isRegularFile() ? byContent(path) : ofConfig(path);
    }

    /// What the name says, also of a pipe: waiting for one that is no config would be for nothing.
    private static Optional<ModelFiles> byName(Path path) {
        Optional<CheckpointFiles> checkpoint = CheckpointFiles.named(path);
        if (checkpoint.isEmpty()) {
            boolean json = path.toString().toLowerCase(Locale.ROOT).endsWith(".json");
            return json ? Optional.of(ofConfig(path)) : Optional.empty();
        }
        return checkpoint.map(files -> files instanceof CheckpointFiles.Gguf ? ofGguf(path) : beside(path, files));
    }

    private static ModelFiles byContent(Path path) {
        if (startsAsGguf(path)) {
            return ofGguf(path);
        }
        throw InputException.unreadable(
                Text.printable(path.toString()) + ": no file of a model by its name",
                "Give a config.json, .safetensors, .safetensors.index.json, .gguf, .onnx, or the folder of a model.");
    }

    private static ModelFiles ofGguf(Path path) {
        return new ModelFiles(Optional.empty(), Optional.of(new CheckpointFiles.Gguf(path)));
    }

    /// Some stores name GGUF files by their hash, without an extension.
    private static boolean startsAsGguf(Path path) {
        try (ByteSource source = FileSource.open(path)) {
            return source.length() >= Integer.BYTES
                    && source.read(0, Integer.BYTES).getInt() == GGUF_MAGIC;
        }
    }

    private static ModelFiles ofConfig(Path path) {
        return new ModelFiles(Optional.of(path), Optional.empty());
    }

    private static ModelFiles beside(Path path, CheckpointFiles checkpoint) {
        Path folder = path.toAbsolutePath().getParent();
        return new ModelFiles(ModelFolder.configOf(folder == null ? path : folder), Optional.of(checkpoint));
    }
}
