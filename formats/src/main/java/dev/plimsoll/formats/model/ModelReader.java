package dev.plimsoll.formats.model;

import dev.plimsoll.formats.config.Config;
import dev.plimsoll.formats.files.CheckpointFiles;
import dev.plimsoll.formats.files.ConfigFile;
import dev.plimsoll.formats.files.ModelFiles;
import dev.plimsoll.formats.files.RemoteFiles;
import dev.plimsoll.formats.gguf.GgufFile;
import dev.plimsoll.formats.hub.HubFolder;
import dev.plimsoll.formats.hub.HubModel;
import dev.plimsoll.formats.hub.HubReference;
import dev.plimsoll.formats.json.JsonObject;
import dev.plimsoll.formats.source.ByteSource;
import dev.plimsoll.formats.source.SourceFolder;
import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.units.Text;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Collectors;

/// Reads a model from whatever a user calls it by.
///
/// A name of the catalogue, a config.json, a folder, a checkpoint's file or index, `-` for a config on standard input,
/// or `hf:owner/name`, with `:Q4_K_M` or a file's name behind it where it holds several checkpoints. A name of the catalogue comes before a path: a folder of that name is `./name`.
public final class ModelReader {
    private static final String BESIDE = "hf_quant_config.json";
    private static final String CONFIG = "config.json";
    private static final String REFERENCES =
            "Give one of these names (plimsoll models lists all), the path of a config.json, a folder or a checkpoint,"
                    + " or hf:owner/name.";

    private final InputStream standardInput;
    private final RemoteModels remote;

    public ModelReader(InputStream standardInput, RemoteModels remote) {
        this.standardInput = standardInput;
        this.remote = remote;
    }

    /// Reads the headers and texts of a model, never its weights.
    ///
    /// @throws InputException for an unknown model, and for files that lie or disagree; nothing else is thrown
    public LoadedModel read(String reference) {
        if (reference.startsWith(HubModel.PREFIX)) {
            return readRemote(reference);
        }
        if (reference.equals("-")) {
            String name = "standard input";
            return new ModelBuilder(name, name)
                    .config(new Config(name, ConfigFile.read(name, standardInput)))
                    .build();
        }
        if (looksLikePath(reference)) {
            return readPath(reference);
        }
        Optional<Catalogue.Entry> published = Catalogue.find(reference);
        return published.isPresent() ? readPublished(published.get()) : readPath(reference);
    }

    private static LoadedModel readPublished(Catalogue.Entry entry) {
        return new ModelBuilder(entry.name(), entry.source())
                .config(new Config(entry.ref(), entry.config()))
                .published(entry)
                .build();
    }

    private LoadedModel readPath(String reference) {
        Path path;
        try {
            path = Path.of(reference);
        } catch (InvalidPathException noPath) {
            throw unknown(reference);
        }
        if (reference.isBlank() || (!Files.exists(path) && !looksLikePath(reference))) {
            throw unknown(reference);
        }
        return readFiles(path, ModelFiles.find(path));
    }

    private static boolean looksLikePath(String reference) {
        return reference.contains("/")
                || reference.contains("\\")
                || reference.endsWith(".json")
                || reference.endsWith(".safetensors")
                || reference.endsWith(".gguf")
                || reference.endsWith(".onnx")
                || reference.endsWith(".bin");
    }

    private static InputException unknown(String reference) {
        String nearest = Catalogue.nearest(reference).stream().collect(Collectors.joining(", "));
        return InputException.usage(
                "model '" + Text.printable(reference) + "': neither a known name nor a path; the nearest names are "
                        + nearest,
                REFERENCES);
    }

    private static LoadedModel readFiles(Path path, ModelFiles files) {
        ModelBuilder builder = new ModelBuilder(nameOf(path), Text.printable(path.toString()));
        if (files.config().isPresent()) {
            Path config = files.config().get();
            builder.config(new Config(Text.printable(config.toString()), ConfigFile.read(config)));
            Path beside = config.resolveSibling(BESIDE);
            if (Files.isRegularFile(beside)) {
                builder.quantizationBeside(new Config(Text.printable(beside.toString()), ConfigFile.read(beside)));
            }
        }
        if (files.checkpoint().isPresent()) {
            CheckpointFiles checkpoint = files.checkpoint().get();
            if (checkpoint instanceof CheckpointFiles.Gguf gguf) {
                readGguf(builder, gguf.readHeader());
            } else {
                builder.checkpoint(checkpoint.read());
            }
        }
        return builder.build();
    }

    private static void readGguf(ModelBuilder builder, GgufFile file) {
        builder.checkpoint(file.checkpoint()).gguf(file);
    }

    /// The folder's name for a config.json, else the file's or folder's own.
    private static String nameOf(Path path) {
        Path absolute = path.toAbsolutePath().normalize();
        Path parent = absolute.getParent();
        Path file = absolute.getFileName();
        boolean isConfig = file != null && file.toString().equals(CONFIG);
        Path named = isConfig && parent != null ? parent.getFileName() : file;
        return Text.printable(named == null ? path.toString() : named.toString());
    }

    private LoadedModel readRemote(String reference) {
        HubReference asked = HubReference.parse(reference);
        HubFolder folder = remote.open(asked.model());
        String choice = asked.choice().isEmpty() ? "" : ":" + asked.choice();
        ModelBuilder builder = new ModelBuilder(
                Text.printable(asked.model().owner() + "/" + asked.model().name() + choice),
                asked.model().reference() + Text.printable(choice) + " at commit " + folder.commit());
        folder.small(CONFIG)
                .ifPresent(text -> builder.config(new Config(folder.nameOf(CONFIG), object(folder, CONFIG, text))));
        folder.small(BESIDE)
                .ifPresent(text ->
                        builder.quantizationBeside(new Config(folder.nameOf(BESIDE), object(folder, BESIDE, text))));
        RemoteFiles.find(asked, folder.files()).ifPresent(files -> readRemoteCheckpoint(builder, folder, files));
        folder.notes().forEach(note -> builder.note(Note.always(note)));
        return builder.build();
    }

    private static void readRemoteCheckpoint(ModelBuilder builder, HubFolder folder, CheckpointFiles files) {
        String name = files.path().toString();
        String below = name.substring(0, name.lastIndexOf('/') + 1);
        SourceFolder beside = (namedBy, fileName) -> folder.open(namedBy, below + fileName);
        try (ByteSource source = folder.open(folder.model().reference(), name)) {
            if (files instanceof CheckpointFiles.Gguf gguf) {
                readGguf(builder, gguf.readHeader(source, beside));
            } else {
                builder.checkpoint(files.read(source, beside));
            }
        }
    }

    private static JsonObject object(HubFolder folder, String name, byte[] text) {
        return ConfigFile.read(folder.nameOf(name), new ByteArrayInputStream(text));
    }
}
