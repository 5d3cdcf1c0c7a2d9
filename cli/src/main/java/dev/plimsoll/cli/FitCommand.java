package dev.plimsoll.cli;

import dev.plimsoll.formats.model.LoadedModel;
import dev.plimsoll.planner.cost.ParameterCount;
import dev.plimsoll.planner.hardware.catalogue.DeviceRequest;
import dev.plimsoll.planner.serving.Fit;
import dev.plimsoll.planner.serving.Solved;
import dev.plimsoll.planner.serving.Verdict;
import dev.plimsoll.report.answer.Answer;
import dev.plimsoll.report.answer.CatalogueFitAnswer;
import dev.plimsoll.report.answer.FitAnswer;
import dev.plimsoll.report.data.Data;
import dev.plimsoll.report.page.Page;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `plimsoll fit [REF] --gpu G`
@Command(
        name = "fit",
        description =
                "Memory of serving, line by line: whether a model fits a device, the most that does, what to try. "
                        + "Without a REF: which of the built-in models fit.",
        mixinStandardHelpOptions = true)
final class FitCommand implements Callable<Integer> {
    private final Console console;

    @Parameters(arity = "0..1", paramLabel = "REF", description = "The model; see plimsoll model --help.")
    private String reference = "";

    @Mixin
    private ModelOptions models = new ModelOptions();

    @Mixin
    private MegatronOptions shape = new MegatronOptions();

    @Mixin
    private ServingOptions serving = new ServingOptions();

    @Mixin
    private ServingLayoutOptions layout = new ServingLayoutOptions();

    @Mixin
    private OutputOptions output = new OutputOptions();

    @Option(
            names = "--solve",
            paramLabel = "NAME",
            description = "The largest (or smallest) that fits: max-model-len, max-num-seqs, gpus, dtype or "
                    + "kv-cache-dtype.")
    private String solve = "";

    @Option(names = "--fail-if-over-budget", description = "Exit with 3 unless it fits.")
    private boolean failIfOverBudget;

    FitCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        List<DeviceRequest> devices = serving.devices();
        Optional<Solved.Question> question = question();
        return reference.isEmpty() && !shape.isGiven() ? catalogue(devices) : one(devices, question);
    }

    private int one(List<DeviceRequest> devices, Optional<Solved.Question> question) {
        LoadedModel model = shape.orReference(reference, models.references());
        List<Answer> answers = new ArrayList<>();
        boolean allFit = true;
        for (DeviceRequest device : devices) {
            ServingRequest request = new ServingRequest(models, serving, layout, device);
            Fit fit = request.fit(model, question);
            allFit &= fit.verdict() instanceof Verdict.Fits;
            answers.add(new FitAnswer(
                            ModelOptions.subject(model),
                            ParameterCount.of(StoredFiles.requireKnown(model)).total(),
                            fit,
                            device.count())
                    .answer(output.view()));
        }
        return print(answers, output.notes(model), allFit);
    }

    private int catalogue(List<DeviceRequest> devices) {
        List<Answer> answers = new ArrayList<>();
        boolean someFit = true;
        for (DeviceRequest device : devices) {
            CatalogueFit found = CatalogueFit.of(new ServingRequest(models, serving, layout, device), models);
            someFit &= !found.rows().isEmpty();
            answers.add(new CatalogueFitAnswer(device.accelerator(), found.devices(), found.engine(), found.rows())
                    .answer(output.view()));
        }
        return print(answers, List.of(), someFit);
    }

    private int print(List<Answer> answers, List<String> notes, boolean fits) {
        List<Data> data = answers.stream().<Data>map(Answer::data).toList();
        Page page = answers.stream().map(Answer::page).reduce(Page.of(), Page::then);
        int code = output.print(console, data.size() == 1 ? data.getFirst() : new Data.Items(data), page, notes);
        if (failIfOverBudget && !fits) {
            console.warn("gate: it does not fit, and --fail-if-over-budget is given");
            return ExitCode.GATE_FAILED.number();
        }
        return code;
    }

    private Optional<Solved.Question> question() {
        return solve.isEmpty() ? Optional.empty() : Optional.of(SolveNames.question(solve));
    }
}
