package dev.plimsoll.formats.files;

import dev.plimsoll.formats.checkpoint.Checkpoint;
import dev.plimsoll.formats.gguf.GgufFile;
import dev.plimsoll.formats.onnx.OnnxFile;
import dev.plimsoll.formats.pytorch.PickleSizes;
import dev.plimsoll.formats.safetensors.SafetensorsFile;
import dev.plimsoll.formats.safetensors.SafetensorsSet;
import dev.plimsoll.formats.source.ByteSource;
import dev.plimsoll.formats.source.FileSource;
import dev.plimsoll.formats.source.LocalFolder;
import dev.plimsoll.formats.source.SourceFolder;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/// Where a checkpoint begins: its only file, its index, or a part of a split one.
public sealed interface CheckpointFiles {
    /// The file to begin with.
    Path path();

    /// The checkpoint that begins with a file of this name; empty where the name says none.
    static Optional<CheckpointFiles> named(Path path) {
        String name = path.toString().toLowerCase(Locale.ROOT);
        if (name.endsWith(".safetensors")) {
            return Optional.of(new Safetensors(path));
        }
        if (name.endsWith(".safetensors.index.json")) {
            return Optional.of(new SafetensorsIndex(path));
        }
        if (name.endsWith(".bin.index.json")) {
            return Optional.of(new PickleIndex(path));
        }
        if (name.endsWith(".onnx")) {
            return Optional.of(new Onnx(path));
        }
        if (name.endsWith(".bin")) {
            return Optional.of(new Pickle(path));
        }
        return name.endsWith(".gguf") ? Optional.of(new Gguf(path)) : Optional.empty();
    }

    /// One safetensors file.
    record Safetensors(Path path) implements CheckpointFiles {}

    /// The index of safetensors shards.
    record SafetensorsIndex(Path path) implements CheckpointFiles {}

    /// A GGUF file, or any part of a split one.
    record Gguf(Path path) implements CheckpointFiles {
        /// Reads the header with its metadata, of all parts.
        ///
        /// @throws dev.plimsoll.model.failure.InputException when a file cannot be read as what it says it is
        public GgufFile readHeader() {
            try (ByteSource source = FileSource.open(path)) {
                return readHeader(source, LocalFolder.of(path));
            }
        }

        /// Reads the header with its metadata, of all parts, where the files are not on this machine.
        ///
        /// @throws dev.plimsoll.model.failure.InputException when a file cannot be read as what it says it is
        public GgufFile readHeader(ByteSource source, SourceFolder folder) {
            return GgufFile.read(source, nameOf(path), folder);
        }
    }

    /// An ONNX model; external data lie beside it.
    record Onnx(Path path) implements CheckpointFiles {}

    /// One PyTorch pickle, of which only the size is read.
    record Pickle(Path path) implements CheckpointFiles {}

    /// The index of PyTorch pickles, of which only the sizes are read.
    record PickleIndex(Path path) implements CheckpointFiles {}

    /// Reads the headers of all files.
    ///
    /// @throws dev.plimsoll.model.failure.InputException when a file cannot be read as what it says it is
    default Checkpoint read() {
        try (ByteSource source = FileSource.open(path())) {
            return read(source, LocalFolder.of(path()));
        }
    }

    /// Reads the headers of all files, where they are not on this machine.
    ///
    /// @param source the file to begin with, which the caller closes
    /// @throws dev.plimsoll.model.failure.InputException when a file cannot be read as what it says it is
    default Checkpoint read(ByteSource source, SourceFolder folder) {
        return switch (this) {
            case Safetensors _ -> SafetensorsFile.read(source, nameOf(path()));
            case SafetensorsIndex _ -> SafetensorsSet.read(source, folder);
            case Gguf gguf -> gguf.readHeader(source, folder).checkpoint();
            case Onnx _ -> OnnxFile.read(source, nameOf(path()), folder);
            case Pickle _ -> PickleSizes.ofFile(source, nameOf(path()));
            case PickleIndex _ -> PickleSizes.ofSet(source, folder);
        };
    }

    private static String nameOf(Path path) {
        Path name = path.getFileName();
        return name == null ? path.toString() : name.toString();
    }
}
