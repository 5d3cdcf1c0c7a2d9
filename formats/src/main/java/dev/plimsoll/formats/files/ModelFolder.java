package dev.plimsoll.formats.files;

import dev.plimsoll.formats.gguf.GgufPart;
import dev.plimsoll.formats.source.FileSource;
import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.units.Text;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/// Searches one folder for the files of one model.
///
/// @param folder the folder, which the files found are in
/// @param where what errors call it
/// @param names of its entries that may belong to a model, sorted
/// @param remedy what to do where there are several models
record ModelFolder(Path folder, String where, List<String> names, String remedy) {
    private static final String CONFIG = "config.json";
    private static final int MOST_LISTED = 5;

    /// The config and the checkpoint of a folder: safetensors before GGUF before ONNX before pickles, since the first
    /// ones say more.
    static ModelFiles search(Path path) {
        ModelFolder folder = list(path);
        Optional<CheckpointFiles> checkpoint = folder.safetensors()
                .or(folder::gguf)
                .or(folder::onnx)
                .or(folder::onnxBelow)
                .or(folder::pickles);
        Optional<Path> config = configOf(path);
        if (config.isEmpty() && checkpoint.isEmpty()) {
            throw InputException.unreadable(
                    Text.printable(path.toString())
                            + ": no model in this folder; looked for config.json, *.safetensors,"
                            + " *.safetensors.index.json, *.gguf, *.onnx, onnx/*.onnx and pytorch_model.bin",
                    "Give the folder that holds one of them.");
        }
        return new ModelFiles(config, checkpoint);
    }

    /// The checkpoint among the names of files that are not on this machine.
    ///
    /// @param where what errors call the place
    /// @param names of the files in one folder, without its subfolders
    static Optional<CheckpointFiles> among(String where, List<String> names, String remedy) {
        ModelFolder folder = new ModelFolder(Path.of(""), where, names, remedy);
        return folder.safetensors().or(folder::gguf).or(folder::onnx).or(folder::pickles);
    }

    /// The config in a folder, or above it where the folder is the `onnx` part of a model.
    static Optional<Path> configOf(Path folder) {
        Path config = folder.resolve(CONFIG);
        if (Files.exists(config)) {
            return Optional.of(config);
        }
        Path above = folder.resolveSibling(CONFIG);
        return folder.endsWith("onnx") && Files.exists(above) ? Optional.of(above) : Optional.empty();
    }

    private static ModelFolder list(Path path) {
        TreeSet<String> names = new TreeSet<>();
        try (DirectoryStream<Path> entries =
                Files.newDirectoryStream(path, "*.{safetensors,safetensors.index.json,gguf,onnx,bin,bin.index.json}")) {
            for (Path entry : entries) {
                names.add(path.relativize(entry).toString());
            }
        } catch (IOException failure) {
            throw FileSource.unreadable(Text.printable(path.toString()), failure);
        } catch (DirectoryIteratorException failure) {
            throw FileSource.unreadable(Text.printable(path.toString()), new IOException(failure));
        }
        return new ModelFolder(
                path, Text.printable(path.toString()), List.copyOf(names), "Give one of the files, or its index.");
    }

    /// The order in which the Transformers library looks: the single file, then the index.
    private Optional<CheckpointFiles> safetensors() {
        if (names.contains("model.safetensors")) {
            return Optional.of(new CheckpointFiles.Safetensors(folder.resolve("model.safetensors")));
        }
        return one(
                        ending(".safetensors.index.json"),
                        "model.safetensors.index.json",
                        CheckpointFiles.SafetensorsIndex::new)
                .or(() -> one(ending(".safetensors"), "model.safetensors", CheckpointFiles.Safetensors::new));
    }

    private Optional<CheckpointFiles> gguf() {
        return one(ggufModels(names), "", CheckpointFiles.Gguf::new);
    }

    /// The GGUF files that are models, each split one by its first part. Projectors and draft heads, which lie beside a
    /// model, are none.
    static List<String> ggufModels(Collection<String> names) {
        Map<String, String> models = new LinkedHashMap<>();
        for (String name : names) {
            String file = name.substring(name.lastIndexOf('/') + 1);
            if (name.endsWith(".gguf") && !file.startsWith("mmproj") && !file.startsWith("mtp-")) {
                String model = GgufPart.of(name)
                        .map(part -> part.sibling(1).fileName())
                        .orElse(name);
                models.putIfAbsent(model, name);
            }
        }
        return List.copyOf(models.values());
    }

    private Optional<CheckpointFiles> onnx() {
        return one(ending(".onnx"), "model.onnx", CheckpointFiles.Onnx::new);
    }

    private Optional<CheckpointFiles> onnxBelow() {
        Path below = folder.resolve("onnx");
        return Files.isDirectory(below) ? list(below).onnx() : Optional.empty();
    }

    private Optional<CheckpointFiles> pickles() {
        if (names.contains("pytorch_model.bin")) {
            return Optional.of(new CheckpointFiles.Pickle(folder.resolve("pytorch_model.bin")));
        }
        return one(ending(".bin.index.json"), "pytorch_model.bin.index.json", CheckpointFiles.PickleIndex::new);
    }

    private List<String> ending(String end) {
        return names.stream().filter(name -> name.endsWith(end)).toList();
    }

    private Optional<CheckpointFiles> one(
            List<String> candidates, String preferred, Function<Path, CheckpointFiles> files) {
        if (candidates.contains(preferred)) {
            return Optional.of(files.apply(folder.resolve(preferred)));
        }
        if (candidates.size() > 1) {
            String listed =
                    candidates.stream().limit(MOST_LISTED).map(Text::printable).collect(Collectors.joining(", "));
            throw InputException.unreadable(
                    where + ": found " + candidates.size()
                            + " models or parts without an index (" + listed
                            + (candidates.size() > MOST_LISTED ? ", ..." : "") + "), expected one model",
                    remedy);
        }
        return candidates.stream()
                .map(name -> files.apply(folder.resolve(name)))
                .findFirst();
    }
}
