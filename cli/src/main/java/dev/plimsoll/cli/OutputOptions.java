package dev.plimsoll.cli;

import dev.plimsoll.formats.model.LoadedModel;
import dev.plimsoll.formats.model.Note;
import dev.plimsoll.model.units.ByteUnits;
import dev.plimsoll.report.answer.View;
import dev.plimsoll.report.data.Csv;
import dev.plimsoll.report.data.Data;
import dev.plimsoll.report.data.Gate;
import dev.plimsoll.report.data.Json;
import dev.plimsoll.report.page.MarkdownPage;
import dev.plimsoll.report.page.Page;
import dev.plimsoll.report.page.TextPage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;

/// How an answer is printed, and when it fails a build.
final class OutputOptions {
    /// The forms of an answer.
    enum Form {
        table,
        json,
        csv,
        md
    }

    /// The families of byte units.
    enum Units {
        gib,
        gb,
        bytes
    }

    /// Gates are read with the other arguments, so that a wrong one is refused before any model is read.
    static final class GateConverter implements ITypeConverter<Gate> {
        @Override
        public Gate convert(String condition) {
            return Gate.parse(condition);
        }
    }

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORM",
            description = "table, json, csv or md (default: table)")
    private Form form = Form.table;

    @Option(names = "--units", paramLabel = "UNITS", description = "gib, gb or bytes (default: gib)")
    private Units units = Units.gib;

    @Option(names = "--explain", description = "Show the formula behind each number, with the values put in.")
    private boolean explain;

    @Option(
            names = "--fail-on",
            paramLabel = "CONDITION",
            converter = GateConverter.class,
            description = "Exit with 3 when 'QUANTITY OP VALUE' holds, for example '.weights.bytes > 80GB'; "
                    + "quantities are the paths of the JSON answer. May be repeated.")
    private List<Gate> gates = new ArrayList<>();

    @Option(
            names = {"-q", "--quiet"},
            description = "No warnings.")
    private boolean quiet;

    @Option(
            names = {"-v", "--verbose"},
            description = "More detail: every tensor, every key of the config that was not used.")
    private boolean verbose;

    /// Output is never coloured, so that there is nothing to switch off.
    @Option(names = "--no-color", description = "Accepted for scripts; output is never coloured.")
    @SuppressWarnings({"UnusedMethod", "UnusedVariable"}) // the parser calls it
    private void acceptNoColor(boolean asked) {}

    /// How much is shown, and in which units.
    View view() {
        return new View(
                byteUnits(),
                explain ? View.Explanations.SHOWN : View.Explanations.HIDDEN,
                verbose ? View.Detail.EVERY_TENSOR : View.Detail.USUAL);
    }

    /// Whether nothing but answers and failures is wanted.
    boolean isQuiet() {
        return quiet;
    }

    /// What is to be said of a model beside its answer.
    List<String> notes(LoadedModel model) {
        return model.notes().stream()
                .filter(note -> verbose || note.level() == Note.Level.ALWAYS)
                .map(Note::text)
                .toList();
    }

    private ByteUnits byteUnits() {
        return switch (units) {
            case gib -> ByteUnits.BINARY;
            case gb -> ByteUnits.DECIMAL;
            case bytes -> ByteUnits.BYTES;
        };
    }

    /// Prints the answer and its warnings, and asks the gates.
    ///
    /// @return the exit code
    int print(Console console, Data data, Page page, List<String> warnings) {
        List<String> failures = new ArrayList<>();
        for (Gate gate : gates) {
            Optional<String> failure = gate.failure(data);
            failure.ifPresent(failures::add);
        }
        console.answer(
                switch (form) {
                    case table -> TextPage.print(page);
                    case json -> Json.print(data);
                    case csv -> Csv.print(data);
                    case md -> MarkdownPage.print(page);
                });
        if (!quiet) {
            warnings.forEach(warning -> console.warn("note: " + warning));
        }
        failures.forEach(failure -> console.warn("gate: " + failure));
        return (failures.isEmpty() ? ExitCode.ANSWERED : ExitCode.GATE_FAILED).number();
    }

    /// Whether the arguments, which may be wrong, ask for JSON.
    static boolean asksForJson(String... arguments) {
        for (int i = 0; i < arguments.length; i++) {
            String argument = arguments[i];
            if (argument.equals("-ojson") || argument.equals("-o=json") || argument.equals("--output=json")) {
                return true;
            }
            boolean next = argument.equals("-o") || argument.equals("--output");
            if (next && i + 1 < arguments.length && arguments[i + 1].equals("json")) {
                return true;
            }
        }
        return false;
    }
}
