package dev.plimsoll.cli;

import dev.plimsoll.model.execution.Parallelism;
import dev.plimsoll.model.execution.Parallelism.ContextExchange;
import dev.plimsoll.model.execution.Parallelism.ContextParallel;
import dev.plimsoll.model.execution.Parallelism.DataParallel;
import dev.plimsoll.model.execution.Parallelism.ExpertParallel;
import dev.plimsoll.model.execution.Parallelism.PipelineParallel;
import dev.plimsoll.model.execution.Parallelism.PipelineSchedule;
import dev.plimsoll.model.execution.Parallelism.SequenceSplit;
import dev.plimsoll.model.execution.Parallelism.Sharding;
import dev.plimsoll.model.execution.Parallelism.TensorParallel;
import dev.plimsoll.model.execution.Recomputation;
import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.units.Text;
import dev.plimsoll.planner.framework.FrameworkProfile;
import dev.plimsoll.planner.search.FixedChoices;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import picocli.CommandLine.Option;

/// How a training run is split over devices; what is not said is 1, the framework's way, or what is left.
final class LayoutOptions {
    @Option(
            names = {"--tp", "-tp", "--tensor-parallel-size", "--tensor-model-parallel-size"},
            paramLabel = "N",
            description = "Tensor parallelism: devices that hold a part of each matrix (default: 1).")
    private String tensor = "";

    @Option(
            names = {"--pp", "-pp", "--pipeline-parallel-size", "--pipeline-model-parallel-size"},
            paramLabel = "N",
            description = "Pipeline parallelism: stages (default: 1).")
    private String pipeline = "";

    @Option(
            names = {"--vpp", "--virtual-pipeline-model-parallel-size"},
            paramLabel = "N",
            description = "Pieces of the model on each stage, interleaved (default: 1).")
    private String chunks = "";

    @Option(
            names = "--num-layers-per-virtual-pipeline-stage",
            paramLabel = "L",
            description = "The same said as the layers of a piece.")
    private String layersOfChunk = "";

    @Option(
            names = {"--cp", "--context-parallel-size"},
            paramLabel = "N",
            description = "Context parallelism: devices that hold a part of each sequence (default: 1).")
    private String context = "";

    @Option(
            names = "--cp-comm-type",
            paramLabel = "HOW",
            description = "p2p (keys go round a ring) or a2a (tokens are exchanged for heads) (default: p2p).")
    private String contextExchange = "p2p";

    @Option(
            names = {"--ep", "--expert-parallel-size", "--expert-model-parallel-size"},
            paramLabel = "N",
            description = "Expert parallelism: devices among which experts are dealt out (default: 1).")
    private String expert = "";

    @Option(
            names = {"--etp", "--expert-tensor-parallel-size"},
            paramLabel = "N",
            description = "Tensor parallelism of the experts (default: 1; Megatron's own default is --tp).")
    private String expertTensor = "";

    @Option(
            names = {"--dp", "--data-parallel-size"},
            paramLabel = "N",
            description = "Data parallelism: replicas (default: what is left of the devices).")
    private String data = "";

    @Option(
            names = "--sequence-parallel",
            negatable = true,
            fallbackValue = "true",
            description = "Tensor-parallel devices share out the tokens between the linear maps "
                    + "(default: the framework's).")
    private Optional<Boolean> sequenceParallel = Optional.empty();

    @Option(
            names = "--pipeline-layers",
            paramLabel = "L,L,..",
            description = "Layers of each piece of the pipeline, where the split is not even.")
    private String layers = "";

    @Option(names = "--schedule", paramLabel = "NAME", description = "1f1b, gpipe or zero-bubble (default: 1f1b).")
    private String schedule = "";

    @Option(
            names = {"--zero", "--zero-stage"},
            paramLabel = "0..3",
            description = "What replicas share out: 0 nothing, 1 the optimizer, 2 gradients too, 3 weights too "
                    + "(default: the framework's).")
    private String zero = "";

    @Option(names = "--use-distributed-optimizer", description = "The same as --zero 1.")
    private boolean distributedOptimizer;

    @Option(
            names = {"--shards", "--hsdp-shards"},
            paramLabel = "N",
            description = "Replicas that share out together; the others hold copies (HSDP) (default: all).")
    private String shards = "";

    /// What is asked for, on so many devices where their number is known.
    ///
    /// @param layersOfModel by which pieces of a given size are counted
    Parallelism parallelism(FrameworkProfile framework, OptionalLong devices, long layersOfModel) {
        int tp = Degrees.read("--tp", tensor);
        int pp = Degrees.read("--pp", pipeline);
        int cp = Degrees.read("--cp", context);
        long others = Degrees.product(tp, pp, cp);
        int dp = data.isEmpty() ? left(devices, others) : Degrees.read("--dp", data);
        Degrees.product(tp, pp, cp, dp);
        return new Parallelism(
                new TensorParallel(tp, sequence(framework, tp)),
                new ContextParallel(cp, exchange()),
                new ExpertParallel(Degrees.read("--ep", expert), Degrees.read("--etp", expertTensor)),
                new PipelineParallel(pp, chunks(pp, layersOfModel), schedule(), layers()),
                data(framework, dp));
    }

    /// What a search leaves as it is; the schedule among it, since frameworks have few.
    FixedChoices fixed(long layersOfModel, OptionalLong microBatch, Optional<Recomputation> recomputation) {
        boolean whole = data.isEmpty() && layers.isEmpty() && shards.isEmpty();
        if (!whole) {
            throw InputException.usage(
                    "--search: found beside --dp, --pipeline-layers or --shards, expected them to be left to it",
                    "Leave them out; --constraint narrows a search.");
        }
        OptionalInt pp = degree("--pp", pipeline);
        return new FixedChoices(
                new FixedChoices.Degrees(
                        degree("--tp", tensor),
                        degree("--cp", context),
                        degree("--ep", expert),
                        degree("--etp", expertTensor),
                        pp,
                        chunks.isEmpty() && layersOfChunk.isEmpty()
                                ? OptionalInt.empty()
                                : OptionalInt.of(chunks(pp.orElse(1), layersOfModel))),
                sequenceParallel.map(split -> split ? SequenceSplit.SPLIT : SequenceSplit.WHOLE),
                Optional.of(schedule()),
                zero.isEmpty() && !distributedOptimizer ? Optional.empty() : Optional.of(sharding(Sharding.NONE)),
                microBatch,
                recomputation);
    }

    private static OptionalInt degree(String option, String text) {
        return text.isEmpty() ? OptionalInt.empty() : OptionalInt.of(Degrees.read(option, text));
    }

    private static int left(OptionalLong devices, long others) {
        return devices.isPresent() ? Math.clamp(devices.getAsLong() / others, 1, Degrees.MOST) : 1;
    }

    private SequenceSplit sequence(FrameworkProfile framework, int tp) {
        SequenceSplit usual = framework.defaults().sequence();
        SequenceSplit asked = sequenceParallel
                .map(split -> split ? SequenceSplit.SPLIT : SequenceSplit.WHOLE)
                .orElse(usual);
        return tp == 1 ? SequenceSplit.WHOLE : asked;
    }

    private ContextExchange exchange() {
        return switch (contextExchange) {
            case "p2p", "ring" -> ContextExchange.RING;
            case "a2a", "ulysses" -> ContextExchange.ALL_TO_ALL;
            default -> throw Words.unknown("--cp-comm-type", contextExchange, List.of("p2p", "a2a"));
        };
    }

    private int chunks(int pp, long layersOfModel) {
        if (layersOfChunk.isEmpty()) {
            return Degrees.read("--vpp", chunks);
        }
        String flag = "--num-layers-per-virtual-pipeline-stage";
        long size = Degrees.read(flag, layersOfChunk);
        if (!chunks.isEmpty() || layersOfModel % (size * pp) != 0) {
            throw InputException.usage(
                    flag + ": found " + size + " beside --pp " + pp + (chunks.isEmpty() ? "" : " and --vpp " + chunks)
                            + ", expected a size that divides the " + layersOfModel + " layers evenly, and no --vpp",
                    "Say --vpp N: pieces of the model on each stage.");
        }
        return (int) (layersOfModel / (size * pp));
    }

    private PipelineSchedule schedule() {
        return switch (schedule) {
            case "", "1f1b", "interleaved" -> PipelineSchedule.ONE_FORWARD_ONE_BACKWARD;
            case "gpipe" -> PipelineSchedule.GPIPE;
            case "zero-bubble", "zb-h1", "zb" -> PipelineSchedule.ZERO_BUBBLE;
            default -> throw Words.unknown("--schedule", schedule, List.of("1f1b", "gpipe", "zero-bubble"));
        };
    }

    private List<Integer> layers() {
        if (layers.isEmpty()) {
            return List.of();
        }
        List<Integer> counts = new ArrayList<>();
        for (String count : layers.split(",", -1)) {
            counts.add(count.strip().equals("0") ? 0 : Degrees.read("--pipeline-layers", count));
        }
        return counts;
    }

    private DataParallel data(FrameworkProfile framework, int dp) {
        Sharding sharding = sharding(framework.defaults().sharding());
        int group = shards.isEmpty() ? dp : Degrees.read("--shards", shards);
        return new DataParallel(dp, sharding == Sharding.NONE ? 1 : group, sharding);
    }

    private Sharding sharding(Sharding usual) {
        if (zero.isEmpty()) {
            return distributedOptimizer ? Sharding.OPTIMIZER : usual;
        }
        return switch (zero) {
            case "0" -> Sharding.NONE;
            case "1" -> Sharding.OPTIMIZER;
            case "2" -> Sharding.GRADIENTS;
            case "3" -> Sharding.WEIGHTS;
            default ->
                throw InputException.usage(
                        "--zero: found '" + Text.printable(zero) + "', expected 0, 1, 2 or 3",
                        "0 shares nothing out, 1 the optimizer, 2 gradients too, 3 weights too.");
        };
    }
}
