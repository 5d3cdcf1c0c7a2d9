package dev.plimsoll.cli;

import dev.plimsoll.formats.launch.LaunchImport;
import dev.plimsoll.formats.launch.LaunchModel;
import dev.plimsoll.formats.launch.LaunchReader;
import dev.plimsoll.formats.source.FileSource;
import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.units.Text;
import dev.plimsoll.report.answer.TrainImport;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `plimsoll import FILE [REF]`
@Command(
        name = "import",
        description =
                "A Megatron-LM command line, a DeepSpeed JSON or a torchtitan TOML, answered as train does; flags "
                        + "of train stand in the place of what the file says.",
        mixinStandardHelpOptions = true)
final class ImportCommand implements Callable<Integer> {
    private static final int LONGEST = 1 << 20;

    private final Console console;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(index = "0", paramLabel = "FILE", description = "The launch file; - for standard input.")
    private String file = "";

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "REF",
            description = "The model, where the file does not say it; see plimsoll model --help.")
    private String reference = "";

    @Mixin
    @SuppressWarnings("UnusedVariable") // checked here, and handed on as it was typed
    private ReferenceOptions models = new ReferenceOptions();

    @Mixin
    private TrainOptions options = new TrainOptions();

    @Mixin
    @SuppressWarnings("UnusedVariable") // checked here, and handed on as it was typed
    private OutputOptions output = new OutputOptions();

    ImportCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        LaunchImport read = LaunchReader.read(Text.printable(file), content());
        List<ImportedFlags.Flag> flags = remaining(ImportedFlags.of(read.settings()));
        List<String> arguments = new ArrayList<>(model(read.settings().model()));
        flags.forEach(flag -> arguments.addAll(flag.words()));
        arguments.addAll(typed());
        TrainCommand train = new TrainCommand(console);
        new CommandLine(train).parseArgs(arguments.toArray(String[]::new));
        return train.answered(new TrainImport(
                shortName(),
                read.settings().framework().toString(),
                read.understood().stream()
                        .map(entry -> new TrainImport.Entry(entry.entry(), entry.value(), entry.meaning()))
                        .toList(),
                read.ignored().stream()
                        .map(entry -> new TrainImport.Entry(entry.entry(), entry.value(), entry.reason()))
                        .toList(),
                flags.stream().flatMap(flag -> flag.words().stream()).toList()));
    }

    /// Without its folders, so that an answer is the same wherever the file lies.
    private String shortName() {
        return Text.printable(file.substring(file.lastIndexOf('/') + 1));
    }

    private byte[] content() {
        String name = Text.printable(file);
        try (InputStream stream = file.equals("-") ? System.in : Files.newInputStream(Path.of(file))) {
            return stream.readNBytes(LONGEST + 1);
        } catch (IOException failure) {
            throw FileSource.unreadable(name, failure);
        } catch (InvalidPathException failure) {
            throw InputException.unreadable(
                    name + ": found no path of a file, expected a launch file", "Give another file.");
        }
    }

    private List<String> model(LaunchModel said) {
        if (!reference.isEmpty()) {
            return List.of(reference);
        }
        return switch (said) {
            case LaunchModel.Published(String name) -> List.of(name);
            case LaunchModel.Shape _ -> List.of();
            case LaunchModel.Foreign(String name) ->
                throw missing("the model '" + Text.printable(name) + "', which is not among those built in");
            case LaunchModel.Unsaid() -> throw missing("no model");
        };
    }

    private InputException missing(String found) {
        return InputException.usage(
                Text.printable(file) + ": found " + found + ", expected a REF beside the file",
                "Write plimsoll import FILE REF, for example with llama-3.1-8b.");
    }

    /// What was typed beside the file goes before what the file says.
    private List<ImportedFlags.Flag> remaining(List<ImportedFlags.Flag> flags) {
        Set<String> given = spec.commandLine().getParseResult().matchedOptions().stream()
                .flatMap(option -> Set.of(option.names()).stream())
                .collect(Collectors.toSet());
        boolean counted = given.contains("--gpu") && options.devices().isCounted();
        boolean sized = given.contains("--global-batch-size");
        return flags.stream()
                .filter(flag -> !given.contains(flag.name()))
                .filter(flag -> !(counted && flag.name().equals("--dp")))
                .filter(flag -> !(sized && flag.name().equals("--gradient-accumulation-steps")))
                .filter(flag ->
                        !(flag.name().equals("--no-sequence-parallel") && given.contains("--sequence-parallel")))
                .filter(flag -> reference.isEmpty() || !MegatronOptions.isShape(flag.name()))
                .toList();
    }

    private List<String> typed() {
        List<String> words = new ArrayList<>();
        for (OptionSpec option : spec.commandLine().getParseResult().matchedOptions()) {
            words.addAll(LayoutFlags.typed(option));
        }
        return words;
    }
}
