package dev.plimsoll.cli;

import dev.plimsoll.formats.model.LoadedModel;
import dev.plimsoll.model.architecture.Transformer;
import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.units.Quantities;
import dev.plimsoll.planner.cost.CacheSaving;
import dev.plimsoll.planner.cost.CountingConvention;
import dev.plimsoll.planner.cost.FlopCount;
import dev.plimsoll.planner.cost.OpenAxes;
import dev.plimsoll.planner.cost.Recomputation;
import dev.plimsoll.planner.cost.RuleOfThumb;
import dev.plimsoll.planner.cost.Workload;
import dev.plimsoll.report.answer.Answer;
import dev.plimsoll.report.answer.FlopsAnswer;
import dev.plimsoll.report.answer.View;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `plimsoll flops REF`
@Command(
        name = "flops",
        description = "Floating-point operations, operator by operator, under a named convention.",
        mixinStandardHelpOptions = true)
final class FlopsCommand implements Callable<Integer> {
    /// What is run.
    enum Phase {
        train,
        prefill,
        decode
    }

    /// What a training step runs again.
    enum Recompute {
        none,
        selective,
        full
    }

    private final Console console;

    @Parameters(arity = "0..1", paramLabel = "REF", description = "The model; see plimsoll model --help.")
    private String reference = "";

    @Mixin
    private ModelOptions models = new ModelOptions();

    @Mixin
    private MegatronOptions shape = new MegatronOptions();

    @Mixin
    private OutputOptions output = new OutputOptions();

    @Option(
            names = "--seq-length",
            paramLabel = "S",
            description = "Length of each sequence; for decode, the tokens already there "
                    + "(default: 4096, or what the model allows).")
    private String sequenceLength = "";

    @Option(names = "--batch", paramLabel = "B", description = "How many sequences (default: 1).")
    private String batch = "1";

    @Option(
            names = "--tokens",
            paramLabel = "N",
            description = "Tokens counted, any number, in sequences of that length (default: B x S).")
    private String tokens = "";

    @Option(names = "--phase", paramLabel = "PHASE", description = "train, prefill or decode (default: train).")
    private Phase phase = Phase.train;

    @Option(
            names = "--past-tokens",
            paramLabel = "N",
            description = "Tokens of each sequence that are cached already, in prefill (default: 0).")
    private String pastTokens = "";

    @Option(
            names = {"--recompute", "--recompute-granularity"},
            paramLabel = "WHAT",
            description = "none, selective or full (default: none, or what the convention says).")
    private Optional<Recompute> recompute = Optional.empty();

    @Option(
            names = "--convention",
            paramLabel = "NAME",
            description = "strict, palm, megatron2021, korthikanti2022, megatron-deepspeed, megatron or torchtitan "
                    + "(default: strict).")
    private String convention = "strict";

    @Option(
            names = "--source-tokens",
            paramLabel = "N",
            description = "Tokens that an encoder reads (default: what the model fixes, or as many as the decoder).")
    private String sourceTokens = "";

    @Option(
            names = "--patches",
            paramLabel = "N",
            description = "Patches of each sequence's images, which a vision tower reads (default: not counted; "
                    + "for a model that reads no text, what its config fixes).")
    private String patches = "";

    @Option(
            names = "--merged-patches",
            paramLabel = "N",
            description = "Patches after neighbours were merged or pooled (default: as many as patches).")
    private String mergedPatches = "";

    @Option(
            names = "--frames",
            paramLabel = "N",
            description = "Frames of each sequence's audio (default: what the model fixes, or not counted).")
    private String frames = "";

    FlopsCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        LoadedModel model = shape.orReference(reference, models.references());
        Answer answer = answer(model, output.view());
        return output.print(console, answer.data(), answer.page(), output.notes(model));
    }

    Answer answer(LoadedModel model, View view) {
        Transformer transformer = StoredFiles.requireKnown(model);
        OpenAxes axes = axes(transformer);
        Workload workload = workload(transformer, axes);
        FlopCount count = FlopCount.of(transformer, workload, counting(), axes);
        double total = tokens.isEmpty() ? workload.tokens() : Quantities.count("--tokens", tokens);
        return new FlopsAnswer(
                        ModelOptions.subject(model),
                        count,
                        total,
                        RuleOfThumb.of(transformer, workload, axes),
                        saving(transformer, workload))
                .answer(view);
    }

    /// A convention that always counts recomputation gives way to what is asked for outright.
    private CountingConvention counting() {
        CountingConvention named = CountingConvention.named(convention);
        return recompute.isPresent() && named.recomputed() == CountingConvention.Recomputed.ALWAYS_FULL
                ? named.withRecomputed(CountingConvention.Recomputed.AS_RUN)
                : named;
    }

    /// What is asked for stands in the place of all that the model fixes: lengths of one input belong together.
    private OpenAxes axes(Transformer transformer) {
        boolean asked = !sourceTokens.isEmpty() || !patches.isEmpty() || !frames.isEmpty();
        OpenAxes axes = asked ? OpenAxes.TEXT_ONLY : OpenAxes.of(transformer);
        if (!sourceTokens.isEmpty()) {
            axes = axes.withSourceTokens(Quantities.count("--source-tokens", sourceTokens));
        }
        if (!patches.isEmpty()) {
            long all = Quantities.count("--patches", patches);
            axes = axes.withPatches(
                    all, mergedPatches.isEmpty() ? all : Quantities.count("--merged-patches", mergedPatches));
        }
        return frames.isEmpty() ? axes : axes.withFrames(Quantities.count("--frames", frames));
    }

    private Workload workload(Transformer transformer, OpenAxes axes) {
        long sequences = Quantities.count("--batch", batch);
        long length = Lengths.sequence(sequenceLength, transformer, axes)
                .orElseThrow(() -> InputException.usage(
                        transformer.architecture()
                                + ": FLOPs are not known: the config fixes no size of images, expected --patches",
                        "Give --patches N, the patches of one image with its class token."));
        return switch (phase) {
            case train -> new Workload.Training(sequences, length, recomputation());
            case prefill ->
                new Workload.Prefill(
                        sequences, length, pastTokens.isEmpty() ? 0 : Quantities.count("--past-tokens", pastTokens));
            case decode -> new Workload.Decode(sequences, length);
        };
    }

    private Recomputation recomputation() {
        return switch (recompute.orElse(Recompute.none)) {
            case none -> Recomputation.NONE;
            case selective -> Recomputation.SELECTIVE;
            case full -> Recomputation.FULL;
        };
    }

    private Optional<CacheSaving> saving(Transformer transformer, Workload workload) {
        return switch (workload) {
            case Workload.Training training -> Optional.empty();
            case Workload.Prefill prefill -> Optional.empty();
            case Workload.Decode decode ->
                Optional.of(CacheSaving.of(transformer, decode.pastTokens(), CacheSaving.Over.VISIBLE_PAIRS));
        };
    }
}
