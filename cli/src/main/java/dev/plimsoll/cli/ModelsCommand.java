package dev.plimsoll.cli;

import dev.plimsoll.formats.model.Catalogue;
import dev.plimsoll.formats.model.LoadedModel;
import dev.plimsoll.planner.cost.ParameterCount;
import dev.plimsoll.report.answer.Answer;
import dev.plimsoll.report.answer.CatalogueAnswer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `plimsoll models [NAME...]`
@Command(
        name = "models",
        description = "The published models that are built in, each with its source.",
        mixinStandardHelpOptions = true)
final class ModelsCommand implements Callable<Integer> {
    private final Console console;

    @Parameters(arity = "0..*", paramLabel = "NAME", description = "Only these; one alone shows its source.")
    private List<String> names = new ArrayList<>();

    @Mixin
    private OutputOptions output = new OutputOptions();

    ModelsCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        ModelOptions models = new ModelOptions();
        List<CatalogueAnswer.Entry> entries = new ArrayList<>();
        for (String name : names.isEmpty() ? Catalogue.names() : names) {
            LoadedModel model = models.read(name);
            entries.add(new CatalogueAnswer.Entry(
                    name,
                    model.name(),
                    StoredFiles.requireKnown(model).architecture(),
                    ParameterCount.of(StoredFiles.requireKnown(model)).total(),
                    model.source()));
        }
        Answer answer = new CatalogueAnswer(entries).answer();
        return output.print(console, answer.data(), answer.page(), List.of());
    }
}
