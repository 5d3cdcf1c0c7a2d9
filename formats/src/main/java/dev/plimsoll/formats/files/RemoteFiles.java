package dev.plimsoll.formats.files;

import dev.plimsoll.formats.gguf.GgufPart;
import dev.plimsoll.formats.hub.HubReference;
import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.units.Text;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// Finds the checkpoint among a hub's files, of which several quantisations of one model often lie side by side.
public final class RemoteFiles {
    private static final int MOST_LISTED = 40;

    /// What a file's name says last: `Q4_K_M`, `UD-IQ2_XXS`, `BF16`.
    private static final Pattern DATA_TYPE = Pattern.compile(
            "(?:^|[-._/])((?:UD-)?(?:I?Q\\d\\w*|TQ\\d_\\d|B?F16|F32|MXFP4\\w*|NVFP4\\w*))$", Pattern.CASE_INSENSITIVE);

    private final HubReference asked;
    private final SortedSet<String> names;
    private final List<String> models;

    private RemoteFiles(HubReference asked, SortedSet<String> names) {
        this.asked = asked;
        this.names = names;
        this.models = ModelFolder.ggufModels(names);
    }

    /// The checkpoint that was asked for; where none was, the only one.
    ///
    /// A choice is the name of a file, or a data type: then it is the one GGUF file whose name holds it as a word.
    ///
    /// @param names of all files, with `/` between their parts
    /// @return with its path in the repository; empty where there is no checkpoint
    /// @throws InputException when there are several to choose from, or none is what was asked for
    public static Optional<CheckpointFiles> find(HubReference asked, SortedSet<String> names) {
        RemoteFiles files = new RemoteFiles(asked, names);
        return asked.choice().isEmpty() ? files.only() : Optional.of(files.chosen());
    }

    private Optional<CheckpointFiles> only() {
        List<String> here = names.stream().filter(name -> !name.contains("/")).toList();
        return ModelFolder.among(asked.model().reference(), here, remedy()).or(this::below);
    }

    /// Each quantisation may have a folder of its own.
    private Optional<CheckpointFiles> below() {
        if (models.size() > 1) {
            throw InputException.unreadable(
                    asked.model().reference() + ": found " + models.size() + " models in folders, expected one model",
                    remedy());
        }
        return models.stream().findFirst().map(name -> new CheckpointFiles.Gguf(Path.of(name)));
    }

    private CheckpointFiles chosen() {
        String choice = asked.choice();
        if (names.contains(choice)) {
            return CheckpointFiles.named(Path.of(choice)).orElseThrow(() -> refused("no file of a checkpoint"));
        }
        Pattern word =
                Pattern.compile("(?<![a-z0-9])" + Pattern.quote(choice) + "(?![a-z0-9_])", Pattern.CASE_INSENSITIVE);
        List<String> found =
                models.stream().filter(name -> word.matcher(stem(name)).find()).toList();
        if (found.size() != 1) {
            throw refused(
                    found.isEmpty()
                            ? "neither a file nor a data type in the name of one"
                            : found.size() + " files of that name (" + listed(found) + ")");
        }
        return new CheckpointFiles.Gguf(Path.of(found.getFirst()));
    }

    private InputException refused(String found) {
        return InputException.usage(
                asked.model().reference() + ": " + Text.printable(asked.choice()) + ": found " + found
                        + ", expected one checkpoint",
                remedy());
    }

    private String remedy() {
        List<String> choices = choices();
        return choices.isEmpty()
                ? "It holds no GGUF file to choose: leave the choice out, or name one of its files."
                : "Choose one, as in " + asked.model().reference() + ":" + choices.getFirst() + ", of "
                        + listed(choices) + ".";
    }

    /// The data types that the names end with, or the names where these do not tell the files apart.
    private List<String> choices() {
        List<String> types = new ArrayList<>();
        for (String name : models) {
            Matcher matcher = DATA_TYPE.matcher(stem(name));
            String type = matcher.find() ? matcher.group(1) : name;
            types.add(Text.printable(type));
        }
        return types.stream().distinct().count() == types.size()
                ? types
                : models.stream().map(Text::printable).toList();
    }

    /// Without extension and part.
    private static String stem(String name) {
        String whole = GgufPart.of(name).map(GgufPart::prefix).orElse(name);
        return whole.endsWith(".gguf") ? whole.substring(0, whole.length() - ".gguf".length()) : whole;
    }

    private static String listed(List<String> choices) {
        String more = choices.size() > MOST_LISTED ? " and " + (choices.size() - MOST_LISTED) + " more" : "";
        return choices.stream().limit(MOST_LISTED).map(Text::printable).collect(Collectors.joining(", ")) + more;
    }
}
