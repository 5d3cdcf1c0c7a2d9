package dev.plimsoll.cli;

import dev.plimsoll.formats.model.LoadedModel;
import dev.plimsoll.report.answer.Answer;
import dev.plimsoll.report.answer.ComparisonAnswer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `plimsoll compare A B...`
@Command(
        name = "compare",
        description = "The question of plimsoll model for several models, in columns, with ratios to the first.",
        mixinStandardHelpOptions = true)
final class CompareCommand implements Callable<Integer> {
    private final Console console;

    @Parameters(arity = "2..*", paramLabel = "REF", description = "The models; see plimsoll model --help.")
    private List<String> references = new ArrayList<>();

    @Mixin
    private ModelOptions models = new ModelOptions();

    @Mixin
    private OutputOptions output = new OutputOptions();

    CompareCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        List<ComparisonAnswer.Named> answers = new ArrayList<>();
        List<String> notes = new ArrayList<>();
        ModelCommand question = new ModelCommand(console);
        for (String reference : references) {
            LoadedModel model = models.read(reference);
            answers.add(new ComparisonAnswer.Named(ModelOptions.subject(model), question.answer(model, output.view())));
            notes.addAll(output.notes(model));
        }
        Answer answer = new ComparisonAnswer(answers).answer();
        return output.print(console, answer.data(), answer.page(), notes);
    }
}
