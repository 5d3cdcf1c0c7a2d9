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
import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.units.Text;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine.Option;

/// How a training step is split over virtual devices.
final class SplitOptions {
    private static final int MOST_DEVICES = 256;

    @Option(names = "--tp", paramLabel = "N", description = "Tensor parallelism, executed on virtual devices.")
    private int tensor = 1;

    @Option(names = "--sequence-parallel", description = "Tensor-parallel devices share out the tokens between maps.")
    private boolean sequenceParallel;

    @Option(names = "--cp", paramLabel = "N", description = "Context parallelism.")
    private int context = 1;

    @Option(
            names = "--cp-comm-type",
            paramLabel = "HOW",
            description = "p2p (keys go round a ring) or a2a (tokens are exchanged for heads) (default: p2p).")
    private String exchange = "p2p";

    @Option(names = "--ep", paramLabel = "N", description = "Expert parallelism.")
    private int expert = 1;

    @Option(names = "--etp", paramLabel = "N", description = "Tensor parallelism of the experts.")
    private int expertTensor = 1;

    @Option(names = "--pp", paramLabel = "N", description = "Pipeline parallelism: stages.")
    private int pipeline = 1;

    @Option(names = "--vpp", paramLabel = "N", description = "Pieces of the model on each stage, interleaved.")
    private int chunks = 1;

    @Option(names = "--pipeline-layers", paramLabel = "L,L,..", split = ",", description = "Layers of each piece.")
    private List<Integer> layers = new ArrayList<>();

    @Option(names = "--schedule", paramLabel = "NAME", description = "1f1b, gpipe or zero-bubble (default: 1f1b).")
    private String schedule = "1f1b";

    @Option(names = "--dp", paramLabel = "N", description = "Data parallelism: replicas.")
    private int data = 1;

    @Option(
            names = "--zero",
            paramLabel = "0..3",
            description = "What replicas share out: 0 nothing, 1 the optimizer, 2 gradients too, 3 weights too "
                    + "(default: 0).")
    private int zero;

    @Option(names = "--shards", paramLabel = "N", description = "Replicas that share out together (default: all).")
    private int shards;

    @Option(names = "--micro-batch-size", paramLabel = "N", description = "Sequences of a micro-batch (default: 1).")
    private int microBatch = 1;

    @Option(
            names = "--global-batch-size",
            paramLabel = "N",
            description = "Sequences of a step (default: two micro-batches for each stage and replica).")
    private int globalBatch;

    /// Whether anything is to be split.
    boolean isAsked() {
        return Stream.of(tensor, context, expert, expertTensor, pipeline, chunks, data, globalBatch, microBatch)
                        .anyMatch(degree -> degree > 1)
                || sequenceParallel
                || zero > 0;
    }

    /// @throws InputException naming every degree that is no degree
    Parallelism parallelism() {
        List<String> violations = new ArrayList<>();
        degree("--tp", tensor, violations);
        degree("--cp", context, violations);
        degree("--ep", expert, violations);
        degree("--etp", expertTensor, violations);
        degree("--pp", pipeline, violations);
        degree("--vpp", chunks, violations);
        degree("--dp", data, violations);
        degree("--micro-batch-size", microBatch, violations);
        if (shards < 0 || globalBatch < 0) {
            violations.add("--shards and --global-batch-size are at least 1");
        }
        long devices = (long) tensor * context * pipeline * data;
        if (devices > MOST_DEVICES) {
            violations.add(devices + " devices, expected at most " + MOST_DEVICES + " virtual ones");
        }
        if (!violations.isEmpty()) {
            throw InputException.usage(
                    "devices: found " + String.join("; ", violations), "Give degrees of at least 1, and few devices.");
        }
        return new Parallelism(
                new TensorParallel(tensor, sequenceParallel ? SequenceSplit.SPLIT : SequenceSplit.WHOLE),
                new ContextParallel(context, exchange()),
                new ExpertParallel(expert, expertTensor),
                new PipelineParallel(pipeline, chunks, schedule(), layers),
                new DataParallel(data, shards == 0 ? data : shards, sharding()));
    }

    private static void degree(String option, int degree, List<String> violations) {
        if (degree < 1 || degree > MOST_DEVICES) {
            violations.add(option + " " + degree + ", expected 1 to " + MOST_DEVICES);
        }
    }

    int microBatch() {
        return microBatch;
    }

    /// Micro-batches of each replica.
    ///
    /// @throws InputException where the global batch has no such micro-batches
    int microBatches() {
        if (globalBatch == 0) {
            return 2 * pipeline;
        }
        if (globalBatch % (microBatch * data) != 0) {
            throw InputException.usage(
                    "--global-batch-size: found %d, expected a multiple of %d: %d sequences in a micro-batch on each of %d replicas"
                            .formatted(globalBatch, microBatch * data, microBatch, data),
                    "Give a multiple, or leave it out.");
        }
        return globalBatch / (microBatch * data);
    }

    private ContextExchange exchange() {
        return switch (exchange) {
            case "p2p" -> ContextExchange.RING;
            case "a2a" -> ContextExchange.ALL_TO_ALL;
            default -> throw unknown("--cp-comm-type", exchange, "p2p or a2a");
        };
    }

    private PipelineSchedule schedule() {
        return switch (schedule) {
            case "1f1b", "interleaved" -> PipelineSchedule.ONE_FORWARD_ONE_BACKWARD;
            case "gpipe" -> PipelineSchedule.GPIPE;
            case "zero-bubble" -> PipelineSchedule.ZERO_BUBBLE;
            default -> throw unknown("--schedule", schedule, "1f1b, gpipe or zero-bubble");
        };
    }

    private Sharding sharding() {
        return switch (zero) {
            case 0 -> Sharding.NONE;
            case 1 -> Sharding.OPTIMIZER;
            case 2 -> Sharding.GRADIENTS;
            case 3 -> Sharding.WEIGHTS;
            default -> throw unknown("--zero", Integer.toString(zero), "0, 1, 2 or 3");
        };
    }

    private static InputException unknown(String option, String found, String expected) {
        return InputException.usage(
                option + ": found '" + Text.printable(found) + "', expected " + expected, "Give one of these.");
    }
}
