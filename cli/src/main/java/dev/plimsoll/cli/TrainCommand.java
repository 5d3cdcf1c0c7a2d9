package dev.plimsoll.cli;

import dev.plimsoll.formats.model.LoadedModel;
import dev.plimsoll.report.answer.Answer;
import dev.plimsoll.report.answer.TrainAnswer;
import dev.plimsoll.report.answer.TrainComparison;
import dev.plimsoll.report.answer.TrainImport;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `plimsoll train REF`
@Command(
        name = "train",
        description =
                "Training: memory on each stage, step time, utilisation, days and cost of a layout, or the best one.",
        mixinStandardHelpOptions = true)
final class TrainCommand implements Callable<Integer> {
    private final Console console;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(arity = "0..1", paramLabel = "REF", description = "The model; see plimsoll model --help.")
    private String reference = "";

    @Mixin
    private ReferenceOptions models = new ReferenceOptions();

    @Mixin
    private MegatronOptions shape = new MegatronOptions();

    @Mixin
    private TrainOptions options = new TrainOptions();

    @Mixin
    private OutputOptions output = new OutputOptions();

    TrainCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        return answered(Optional.empty());
    }

    /// The same for a question that was read from a launch file.
    int answered(TrainImport read) {
        return answered(Optional.of(read));
    }

    private int answered(Optional<TrainImport> read) {
        if (output.isQuiet()) {
            console.beQuiet();
        }
        options.search().check();
        LoadedModel model = shape.orReference(reference, models);
        TrainRun run = new TrainRun(options, model, spec.commandLine().getParseResult());
        if (options.search().isAsked() || !options.search().solved().isEmpty()) {
            return searched(run, model, read);
        }
        List<TrainAnswer> answers =
                run.answers().stream().map(answer -> with(read, answer)).toList();
        if (answers.size() > 1) {
            TrainComparison comparison = new TrainComparison(answers);
            return output.print(
                    console, comparison.data(output.view()), comparison.page(output.view()), output.notes(model));
        }
        return print(answers.getFirst(), model);
    }

    /// An interrupt ends a search with the best so far.
    private int searched(TrainRun run, LoadedModel model, Optional<TrainImport> read) {
        try (Interruption interruption = new Interruption()) {
            TrainAnswer found =
                    options.search().isAsked() ? run.searched(console, interruption) : run.solved(interruption);
            int code = print(with(read, found), model);
            return interruption.isAsked() ? ExitCode.INTERRUPTED.number() : code;
        }
    }

    private static TrainAnswer with(Optional<TrainImport> read, TrainAnswer answer) {
        return read.map(answer::withImport).orElse(answer);
    }

    private int print(TrainAnswer found, LoadedModel model) {
        Answer answer = found.answer(output.view());
        int code = output.print(console, answer.data(), answer.page(), output.notes(model));
        boolean over = options.search().failsOverBudget() && !found.fits();
        if (over && code == ExitCode.ANSWERED.number()) {
            console.warn("gate: it does not fit, and --fail-if-over-budget is given");
            return ExitCode.GATE_FAILED.number();
        }
        return code;
    }
}
