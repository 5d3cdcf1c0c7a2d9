package dev.plimsoll.cli;

import dev.plimsoll.formats.model.LoadedModel;
import dev.plimsoll.model.architecture.Transformer;
import dev.plimsoll.report.answer.Answer;
import dev.plimsoll.report.answer.LessonAnswer;
import dev.plimsoll.report.data.Data;
import dev.plimsoll.report.explain.Lessons;
import dev.plimsoll.report.explain.Topic;
import dev.plimsoll.report.page.Page;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `plimsoll explain TOPIC [REF]`
@Command(
        name = "explain",
        description = "A derivation: the formula, the numbers put in, the source, the traps.",
        mixinStandardHelpOptions = true)
final class ExplainCommand implements Callable<Integer> {
    /// What is worked on where no model is named: grouped queries, a gated network, a published size.
    private static final String WORKED_MODEL = "llama-2-70b";

    private final Console console;

    @Parameters(index = "0", arity = "0..1", paramLabel = "TOPIC", description = "Without one: what there is.")
    private String topic = "";

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "REF",
            description = "The model it is worked on (default: " + WORKED_MODEL + ").")
    private String reference = WORKED_MODEL;

    @Option(
            names = {"--tokens", "--seq-length"},
            paramLabel = "N",
            description = "Tokens of the worked sequence (default: 4096, or what the model allows).")
    private String tokens = "";

    @Mixin
    private ModelOptions models = new ModelOptions();

    @Mixin
    private OutputOptions output = new OutputOptions();

    ExplainCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        if (topic.isEmpty()) {
            return list();
        }
        Topic asked = Topic.of(topic);
        LoadedModel model = models.read(reference);
        Transformer known = StoredFiles.requireKnown(model);
        Lessons lessons = new Lessons(known, Lengths.worked(tokens, known));
        Answer answer = new LessonAnswer(ModelOptions.subject(model), lessons.about(asked)).answer();
        return output.print(console, answer.data(), answer.page(), output.notes(model));
    }

    private int list() {
        List<Page.Fact> facts = Arrays.stream(Topic.values())
                .map(known -> new Page.Fact(known.word(), "", known.subtitle()))
                .toList();
        Data.Fields data = Data.Fields.empty()
                .with("schema", Answer.SCHEMA)
                .with(
                        "topics",
                        Topic.words().stream().<Data>map(Data.Words::new).toList());
        return output.print(console, data, Page.of(new Page.Section.Facts("topics", facts)), List.of());
    }
}
