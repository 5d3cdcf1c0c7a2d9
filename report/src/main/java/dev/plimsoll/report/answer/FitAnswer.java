package dev.plimsoll.report.answer;

import dev.plimsoll.planner.result.Explanation;
import dev.plimsoll.planner.serving.DeviceMemory;
import dev.plimsoll.planner.serving.Fit;
import dev.plimsoll.planner.serving.MemoryLine;
import dev.plimsoll.planner.serving.ServingJob;
import dev.plimsoll.planner.serving.ServingMemory;
import dev.plimsoll.planner.serving.Solved;
import dev.plimsoll.planner.serving.Verdict;
import dev.plimsoll.planner.serving.Violation;
import dev.plimsoll.report.data.Data;
import java.util.List;
import java.util.OptionalLong;

/// What `plimsoll fit REF` answers: the memory of the fullest device, the verdict, and what to try.
///
/// @param devices as many as were asked for; empty where the layout decides
public record FitAnswer(Subject subject, long parameters, Fit fit, OptionalLong devices) {
    public Answer answer(View view) {
        List<Explanation> explanations =
                view.explains() ? fit.memory().map(ServingMemory::explanations).orElse(List.of()) : List.of();
        Data.Fields data = subject.data()
                .with("feasibility", word(fit.verdict()))
                .with("engine", engine(fit.job()))
                .with("device", device(fit.job()))
                .with("layout", layout(fit.job()))
                .with("limits", limits(fit.job()))
                .with("memory", fit.memory().map(FitAnswer::memory).orElse(new Data.Nothing()))
                .with("keyValueCache", fit.memory().map(this::cache).orElse(new Data.Nothing()))
                .with("solved", fit.solved().map(FitAnswer::solved).orElse(new Data.Nothing()))
                .with("violations", violations())
                .with("try", tries().stream().map(Data.Words::new).toList())
                .with("explanations", Explained.data(explanations));
        return new Answer(data, new FitPage(this, view).page(explanations));
    }

    /// Options to paste, with the number of devices where it was asked for.
    List<String> tries() {
        return fit.suggestions().stream().map(this::withDevices).toList();
    }

    private String withDevices(String options) {
        boolean isSplit = options.contains("-parallel-size ");
        if (!isSplit || devices.isEmpty()) {
            return options;
        }
        long count = 1;
        for (String word : options.split(" ", -1)) {
            count *= word.startsWith("--") ? 1 : Long.parseLong(word);
        }
        return "--gpu " + fit.job().accelerator().name() + ":" + count + " " + options;
    }

    static String word(Verdict verdict) {
        return switch (verdict) {
            case Verdict.Fits _ -> "fits";
            case Verdict.DoesNotFit _ -> "does-not-fit";
            case Verdict.Invalid _ -> "invalid";
        };
    }

    private static Data engine(ServingJob job) {
        return Data.Fields.empty()
                .with("name", job.engine().name())
                .with("versions", job.engine().versions())
                .with("budgetRule", job.engine().budgetSource())
                .with("weightType", job.model().format().name());
    }

    private static Data device(ServingJob job) {
        return Data.Fields.empty()
                .with("name", job.accelerator().name())
                .with("product", job.accelerator().product())
                .with("memoryBytes", job.accelerator().memory().whole())
                .with("usableBytes", job.accelerator().usableMemory().whole())
                .with("count", job.layout().devices())
                .with("source", job.accelerator().usableMemory().source())
                .with(
                        "provenance",
                        job.accelerator().usableMemory().provenance().word());
    }

    private static Data layout(ServingJob job) {
        return Data.Fields.empty()
                .with("tensor", job.layout().tensor())
                .with("pipeline", job.layout().pipeline())
                .with("expert", job.layout().expert())
                .with("expertTensor", job.layout().expertTensor())
                .with("data", job.layout().data());
    }

    private static Data limits(ServingJob job) {
        return Data.Fields.empty()
                .with("maxModelLen", job.limits().maxModelLen())
                .with("sequences", job.limits().sequences())
                .with("maxNumSeqs", job.stepSequences())
                .with("maxNumBatchedTokens", job.batchedTokens());
    }

    private static Data memory(ServingMemory memory) {
        DeviceMemory worst = memory.worst();
        List<Data> lines = worst.lines().stream()
                .<Data>map(line -> Data.Fields.empty()
                        .with("kind", kind(line.kind()))
                        .with("name", line.name())
                        .with("bytes", line.bytes())
                        .with("source", line.source())
                        .with("provenance", line.provenance().word()))
                .toList();
        List<Data> stages = memory.stages().stream()
                .<Data>map(stage -> figures(memory, stage))
                .toList();
        return figures(memory, worst)
                .with("lines", lines)
                .with("stages", stages)
                .with(
                        "provenance",
                        worst.lines().stream()
                                .map(MemoryLine::provenance)
                                .reduce(worst.budgetLine().basis().provenance(), (one, other) -> one.and(other))
                                .word());
    }

    private static Data.Fields figures(ServingMemory memory, DeviceMemory device) {
        long needed = device.cache()
                .bytes(
                        memory.job().limits().maxModelLen(),
                        memory.job().limits().sequences());
        return Data.Fields.empty()
                .with("stage", device.stage())
                .with("layers", device.layers())
                .with("usableBytes", device.usable())
                .with("budgetBytes", device.budget())
                .with("weightBytes", device.bytes(MemoryLine.Kind.WEIGHTS))
                .with("runtimeBytes", device.bytes(MemoryLine.Kind.RUNTIME))
                .with("activationBytes", device.bytes(MemoryLine.Kind.ACTIVATIONS))
                .with("keyValueCacheBytes", device.left())
                .with("neededKeyValueCacheBytes", needed);
    }

    static String kind(MemoryLine.Kind kind) {
        return switch (kind) {
            case WEIGHTS -> "weights";
            case RUNTIME -> "runtime";
            case ACTIVATIONS -> "activations";
        };
    }

    private Data cache(ServingMemory memory) {
        DeviceMemory worst = memory.worst();
        return Data.Fields.empty()
                .with("tokens", fit.tokens())
                .with("sequences", fit.sequences())
                .with("bytesPerToken", worst.cache().bytesPerToken())
                .with("blockSize", worst.cache().pageTokens())
                .with("loggedTokens", memory.loggedTokens())
                .with("dataType", fit.job().cache().name())
                .with("provenance", subject.provenance().word());
    }

    private static Data solved(Solved solved) {
        Data value = solved.value()
                .<Data>map(found -> switch (found) {
                    case Solved.Value.Count(long count) -> new Data.Whole(count);
                    case Solved.Value.Name(String name) -> new Data.Words(name);
                })
                .orElse(new Data.Nothing());
        return Data.Fields.empty()
                .with("name", solved.question().word())
                .with("value", value)
                .with("binding", solved.binding());
    }

    private List<Data> violations() {
        List<Violation> all =
                fit.verdict() instanceof Verdict.Invalid(List<Violation> violations) ? violations : List.of();
        return all.stream()
                .<Data>map(violation -> Data.Fields.empty()
                        .with("option", violation.option())
                        .with("cause", violation.cause())
                        .with("remedy", violation.remedy()))
                .toList();
    }
}
