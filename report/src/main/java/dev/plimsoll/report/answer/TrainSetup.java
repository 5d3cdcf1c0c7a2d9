package dev.plimsoll.report.answer;

import dev.plimsoll.model.execution.AttentionKernel;
import dev.plimsoll.model.execution.Parallelism;
import dev.plimsoll.model.execution.Parallelism.ContextExchange;
import dev.plimsoll.model.execution.Parallelism.DataParallel;
import dev.plimsoll.model.execution.Parallelism.PipelineParallel;
import dev.plimsoll.model.execution.Parallelism.PipelineSchedule;
import dev.plimsoll.model.execution.Parallelism.SequenceSplit;
import dev.plimsoll.model.execution.Parallelism.Sharding;
import dev.plimsoll.model.execution.Precision;
import dev.plimsoll.model.shape.DataType;
import dev.plimsoll.model.units.Numbers;
import dev.plimsoll.planner.framework.Settings;
import dev.plimsoll.planner.hardware.Cluster;
import dev.plimsoll.planner.training.TrainingBatch;
import dev.plimsoll.planner.training.TrainingJob;
import dev.plimsoll.planner.training.TrainingMethod;
import dev.plimsoll.planner.training.TrainingMethod.MatrixArithmetic;
import dev.plimsoll.planner.training.TrainingMethod.Offload;
import dev.plimsoll.planner.training.Tuning;
import dev.plimsoll.report.data.Data;
import dev.plimsoll.report.page.Page;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// What is planned: the layout, the batch and the method, with what was put in where nothing was said.
///
/// @param cluster empty where no device was named
/// @param recompute as `--recompute` takes it
/// @param assumed flags that were put in, each with whose rule it is
public record TrainSetup(TrainingJob job, Optional<Cluster> cluster, String recompute, List<String> assumed) {
    public TrainSetup {
        assumed = List.copyOf(assumed);
    }

    Data.Fields layout() {
        Parallelism split = job.parallelism();
        PipelineParallel pipeline = split.pipeline();
        return Data.Fields.empty()
                .with("devices", split.devices())
                .with(
                        "gpu",
                        cluster.<Data>map(known ->
                                        new Data.Words(known.accelerator().name()))
                                .orElse(new Data.Nothing()))
                .with("tensor", split.tensor().degree())
                .with("sequenceParallel", new Data.Truth(isSequenceParallel()))
                .with("context", split.context().degree())
                .with("contextExchange", split.context().exchange() == ContextExchange.RING ? "ring" : "all-to-all")
                .with("expert", split.expert().degree())
                .with("expertTensor", split.expert().tensorDegree())
                .with("pipeline", pipeline.degree())
                .with("virtualPipeline", pipeline.chunks())
                .with("schedule", schedule(pipeline))
                .with(
                        "pipelineLayers",
                        pipeline.layers().stream().map(Data.Whole::new).toList())
                .with("data", split.data().degree())
                .with("shards", split.data().shards())
                .with("zero", split.data().sharding().zero())
                .with("microBatchSize", job.batch().microBatch())
                .with("globalBatchSize", job.batch().globalBatch())
                .with("microBatches", job.microBatches())
                .with("sequenceLength", job.batch().sequenceLength())
                .with("tokensPerStep", job.batch().tokens());
    }

    Data.Fields method() {
        TrainingMethod method = job.method();
        return Data.Fields.empty()
                .with("framework", method.framework().name())
                .with("frameworkWords", method.framework().description())
                .with("precision", method.precision().name())
                .with("precisionWords", precision())
                .with("optimizer", method.optimizer().name())
                .with("recompute", recompute)
                .with("attentionKernel", attention())
                .with("tuning", tuning())
                .with("offload", offload().stream().map(Data.Words::new).toList())
                .with("profile", profile())
                .with("assumed", assumed.stream().map(Data.Words::new).toList());
    }

    /// The device's name; the empty text where none was named.
    String gpu() {
        return cluster.map(known -> known.accelerator().name()).orElse("");
    }

    /// Degrees in short: `tp8s pp4x5 cp2 ep8 dp16 z1`.
    String shortLayout() {
        Parallelism split = job.parallelism();
        PipelineParallel pipeline = split.pipeline();
        boolean delayed = pipeline.schedule() == PipelineSchedule.ZERO_BUBBLE;
        boolean exchanged = split.context().exchange() == ContextExchange.ALL_TO_ALL;
        DataParallel data = split.data();
        boolean grouped = data.sharding() != Sharding.NONE && data.shards() < data.degree();
        return "tp" + split.tensor().degree() + (isSequenceParallel() ? "s" : "")
                + unlessOne(" pp", pipeline.degree())
                + unlessOne("x", pipeline.chunks())
                + (delayed ? "zb" : "")
                + unlessOne(" cp", split.context().degree())
                + (split.context().degree() > 1 && exchanged ? "a" : "")
                + unlessOne(" ep", split.expert().degree())
                + unlessOne(" etp", split.expert().tensorDegree())
                + " dp" + data.degree() + "z" + data.sharding().zero() + (grouped ? "/" + data.shards() : "");
    }

    private static String unlessOne(String name, int degree) {
        return degree == 1 ? "" : name + degree;
    }

    /// What the framework's profile sets.
    private List<Data> profile() {
        List<Data> settings = new ArrayList<>();
        for (Settings.Setting setting : Settings.of(job.method().framework())) {
            settings.add(Data.Fields.empty().with("name", setting.name()).with("value", setting.value()));
        }
        return settings;
    }

    /// The same as a sentence.
    Page.Section profileSection() {
        String words = Settings.of(job.method().framework()).stream()
                .filter(setting -> !setting.name().equals("source"))
                .map(setting -> setting.name() + ": " + setting.value())
                .collect(Collectors.joining("; "));
        return new Page.Section.Prose(
                "", List.of("profile " + job.method().framework().name() + " sets " + words + "."));
    }

    private boolean isSequenceParallel() {
        return job.parallelism().tensor().sequence() == SequenceSplit.SPLIT;
    }

    private static String schedule(PipelineParallel pipeline) {
        return switch (pipeline.schedule()) {
            case GPIPE -> "gpipe";
            case ONE_FORWARD_ONE_BACKWARD -> pipeline.chunks() > 1 ? "interleaved" : "1f1b";
            case ZERO_BUBBLE -> "zero-bubble";
        };
    }

    Page.Section section() {
        List<Page.Fact> facts = new ArrayList<>();
        facts.add(new Page.Fact("layout", devices(), String.join(", ", degrees())));
        TrainingBatch batch = job.batch();
        facts.add(new Page.Fact(
                "batch",
                Numbers.grouped(batch.globalBatch()) + " x " + Numbers.grouped(batch.sequenceLength()),
                Numbers.grouped(batch.tokens()) + " tokens a step; " + Numbers.grouped(job.microBatches())
                        + (job.microBatches() == 1 ? " micro-batch of " : " micro-batches of ")
                        + Numbers.grouped(batch.microBatch()) + " on each replica"));
        TrainingMethod method = job.method();
        facts.add(new Page.Fact(
                "framework", method.framework().name(), method.framework().description()));
        facts.add(new Page.Fact("  precision", method.precision().name(), precision()));
        facts.add(new Page.Fact("  optimizer", method.optimizer().name(), tuning() + offloaded()));
        facts.add(new Page.Fact("  recompute", recompute, "in the backward pass"));
        facts.add(new Page.Fact("  attention", attention(), ""));
        if (!assumed.isEmpty()) {
            facts.add(new Page.Fact("assumed", "", String.join("; ", assumed)));
        }
        return new Page.Section.Facts("", facts);
    }

    /// How many of which: `512 x h100`.
    String devices() {
        long count = job.parallelism().devices();
        return cluster.map(known ->
                        Numbers.grouped(count) + " x " + known.accelerator().name())
                .orElse(Numbers.grouped(count) + (count == 1 ? " device" : " devices"));
    }

    private List<String> degrees() {
        Parallelism split = job.parallelism();
        PipelineParallel pipeline = split.pipeline();
        List<String> words = new ArrayList<>();
        words.add("tp " + split.tensor().degree() + (isSequenceParallel() ? " with sequence parallelism" : ""));
        if (split.context().degree() > 1) {
            words.add("cp " + split.context().degree()
                    + (split.context().exchange() == ContextExchange.RING ? " (ring)" : " (all-to-all)"));
        }
        words.add("pp " + pipeline.degree()
                + (pipeline.chunks() > 1 ? " x vpp " + pipeline.chunks() : "")
                + (pipeline.degree() > 1 ? " (" + schedule(pipeline) + ")" : ""));
        if (!pipeline.layers().isEmpty()) {
            words.add(
                    "layers " + pipeline.layers().stream().map(String::valueOf).collect(Collectors.joining(",")));
        }
        if (split.expert().degree() * split.expert().tensorDegree() > 1) {
            words.add(
                    "ep " + split.expert().degree() + ", etp " + split.expert().tensorDegree());
        }
        words.add("dp " + split.data().degree() + shared(split.data()));
        return words;
    }

    private static String shared(DataParallel data) {
        String what = switch (data.sharding()) {
            case NONE -> "";
            case OPTIMIZER -> " sharing out the optimizer (ZeRO 1)";
            case GRADIENTS -> " sharing out optimizer and gradients (ZeRO 2)";
            case WEIGHTS -> " sharing out optimizer, gradients and weights (ZeRO 3)";
        };
        return what + (what.isEmpty() || data.shards() == data.degree() ? "" : " in groups of " + data.shards());
    }

    private String precision() {
        Precision precision = job.method().precision();
        List<String> words = new ArrayList<>();
        words.add("weights " + precision.weights().name());
        words.add("activations " + precision.activations().name());
        words.add("gradients " + precision.gradients().name()
                + precision.gradientCopy().map(copy -> " and " + copy.name()).orElse(""));
        words.add("master weights "
                + precision.masterWeights().map(DataType::name).orElse("none"));
        words.add("states " + precision.optimizerStates().name());
        if (job.method().arithmetic() == MatrixArithmetic.FP8) {
            words.add("matrix products in fp8");
        }
        return String.join(", ", words);
    }

    private String attention() {
        return switch (job.method().framework().activations().attention()) {
            case AttentionKernel.Materialised() -> "eager";
            case AttentionKernel.Tiled(int queries, int keys) -> "flash";
        };
    }

    private String tuning() {
        return switch (job.method().tuning()) {
            case Tuning.Everything() -> "every parameter";
            case Tuning.Adapters adapters ->
                "adapters of rank " + adapters.adapters().rank() + " beside weights frozen in "
                        + adapters.frozen().name();
        };
    }

    private List<String> offload() {
        Offload offload = job.method().offload();
        List<String> words = new ArrayList<>();
        if (offload.optimizer() == Offload.Place.HOST) {
            words.add("optimizer");
        }
        if (offload.weights() == Offload.Place.HOST) {
            words.add("weights");
        }
        if (offload.activations() == Offload.Place.HOST) {
            words.add("activations");
        }
        return words;
    }

    private String offloaded() {
        return offload().isEmpty() ? "" : "; in the host's memory: " + String.join(", ", offload());
    }
}
