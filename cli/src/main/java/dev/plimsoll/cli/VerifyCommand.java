package dev.plimsoll.cli;

import dev.plimsoll.formats.model.LoadedModel;
import dev.plimsoll.model.architecture.Transformer;
import dev.plimsoll.report.answer.Answer;
import dev.plimsoll.report.answer.VerificationAnswer;
import dev.plimsoll.verification.Compared;
import dev.plimsoll.verification.DistributedVerifier;
import dev.plimsoll.verification.Verified;
import dev.plimsoll.verification.Verifier;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `plimsoll verify [REF]`
@Command(
        name = "verify",
        description = "Predicts, executes and compares, operator by operator and tensor by tensor. "
                + "Without REF a set of small models; exit 3 on any difference. With degrees of parallelism a training "
                + "step is executed on virtual devices.",
        mixinStandardHelpOptions = true)
final class VerifyCommand implements Callable<Integer> {
    private final Console console;

    @Parameters(arity = "0..1", paramLabel = "REF", description = "The model; see plimsoll model --help.")
    private String reference = "";

    @Option(
            names = "--shrink",
            description = "Scale the model's axes down so that it runs here; every kind of layer, the period of their "
                    + "pattern and the inequality of all axes stay.")
    private boolean shrink;

    @Option(names = "--threads", paramLabel = "N", description = "Threads to execute on (default: as many as CPUs).")
    private int threads = Runtime.getRuntime().availableProcessors();

    @Mixin
    private SplitOptions split = new SplitOptions();

    @Mixin
    private ModelOptions models = new ModelOptions();

    @Mixin
    private OutputOptions output = new OutputOptions();

    VerifyCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        if (split.isAsked()) {
            return onDevices();
        }
        List<Verified> runs = new ArrayList<>();
        List<String> notes = List.of();
        Verifier verifier = new Verifier(threads, Runtime.getRuntime().maxMemory());
        if (reference.isEmpty()) {
            for (String name : Verifier.MODELS) {
                runs.addAll(verifier.shrunk(name, StoredFiles.requireKnown(models.read(name))));
            }
        } else {
            LoadedModel model = models.read(reference);
            Transformer transformer = StoredFiles.requireKnown(model);
            runs.addAll(
                    shrink ? verifier.shrunk(model.name(), transformer) : verifier.whole(model.name(), transformer));
            notes = output.notes(model);
        }
        return print(answer(runs), notes);
    }

    /// On virtual devices, one thread each.
    private int onDevices() {
        DistributedVerifier verifier = new DistributedVerifier(
                split.parallelism(),
                split.microBatch(),
                split.microBatches(),
                Runtime.getRuntime().maxMemory());
        List<Verified> runs = new ArrayList<>();
        if (reference.isEmpty()) {
            for (String name : verifier.models()) {
                runs.addAll(verifier.shrunk(name, StoredFiles.requireKnown(models.read(name))));
            }
            return print(answer(runs), List.of());
        }
        LoadedModel model = models.read(reference);
        Transformer transformer = StoredFiles.requireKnown(model);
        runs.addAll(shrink ? verifier.shrunk(model.name(), transformer) : verifier.whole(model.name(), transformer));
        return print(answer(runs), output.notes(model));
    }

    /// A difference fails like a gate.
    int print(VerificationAnswer compared, List<String> notes) {
        Answer answer = compared.answer(output.view());
        int code = output.print(console, answer.data(), answer.page(), notes);
        return compared.isExact() ? code : ExitCode.GATE_FAILED.number();
    }

    private static VerificationAnswer answer(List<Verified> runs) {
        return new VerificationAnswer(runs.stream()
                .map(run -> new VerificationAnswer.Run(
                        run.model(),
                        run.what(),
                        run.rows().stream().map(VerifyCommand::row).toList(),
                        run.traffic()))
                .toList());
    }

    private static VerificationAnswer.Row row(Compared row) {
        return new VerificationAnswer.Row(row.name(), row.predicted(), row.measured());
    }
}
