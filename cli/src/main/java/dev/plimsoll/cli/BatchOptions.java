package dev.plimsoll.cli;

import dev.plimsoll.model.architecture.Transformer;
import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.units.Numbers;
import dev.plimsoll.model.units.Quantities;
import dev.plimsoll.planner.cost.OpenAxes;
import dev.plimsoll.planner.training.TrainingBatch;
import java.util.List;
import java.util.OptionalLong;
import picocli.CommandLine.Option;

/// How many sequences of which length a step trains on.
final class BatchOptions {
    private static final long LARGEST = 1L << 40;
    private static final long LONGEST = 1L << 30;

    @Option(
            names = {"--micro-batch-size", "--train-micro-batch-size-per-gpu", "--per-device-train-batch-size"},
            paramLabel = "N",
            description = "Sequences that one replica works on at once (default: 1).")
    private String microBatch = "";

    @Option(
            names = {"--global-batch-size", "--train-batch-size"},
            paramLabel = "N",
            description = "Sequences of a step, over all replicas (default: one micro-batch for each replica).")
    private String globalBatch = "";

    @Option(
            names = "--gradient-accumulation-steps",
            paramLabel = "N",
            description = "The same said as the micro-batches that each replica runs in a step.")
    private String accumulation = "";

    @Option(
            names = {"--seq-length", "--sequence-length"},
            paramLabel = "S",
            description = "Tokens of each sequence (default: 4096, or what the model allows).")
    private String sequenceLength = "";

    /// What a step sees.
    ///
    /// @param replicas the data-parallel degree
    TrainingBatch batch(Transformer model, long replicas) {
        long micro = microBatch().orElse(1);
        long length = Lengths.sequence(sequenceLength, model, OpenAxes.of(model))
                .orElseThrow(() -> InputException.unsupported(
                        model.architecture() + ": a training run is planned for sequences of tokens, and this model "
                                + "reads none",
                        "Give a model of text; plimsoll flops counts the others."));
        if (length > LONGEST) {
            throw tooLarge("--seq-length", length, LONGEST);
        }
        if (!accumulation.isEmpty() && !globalBatch.isEmpty()) {
            throw InputException.usage(
                    "--gradient-accumulation-steps: found beside --global-batch-size, expected one of them",
                    "Leave one out: the global batch is micro-batch x accumulation x replicas.");
        }
        long global = globalBatch.isEmpty()
                ? product(micro, accumulation(), replicas)
                : bounded("--global-batch-size", globalBatch, LARGEST);
        return new TrainingBatch(global, micro, length);
    }

    /// As given; empty where it was not, which a search then chooses.
    OptionalLong microBatch() {
        return microBatch.isEmpty()
                ? OptionalLong.empty()
                : OptionalLong.of(bounded("--micro-batch-size", microBatch, LARGEST));
    }

    /// The global batch that a search keeps.
    long searched() {
        if (globalBatch.isEmpty()) {
            throw InputException.usage(
                    "--global-batch-size: missing, expected with --search, since layouts are compared at one batch",
                    "Add for example --global-batch-size 1024.");
        }
        return bounded("--global-batch-size", globalBatch, LARGEST);
    }

    /// What was put in where nothing was said, each as a flag with its value and whose rule it is.
    List<String> assumed(TrainingBatch batch) {
        return globalBatch.isEmpty() && accumulation.isEmpty()
                ? List.of("--global-batch-size " + batch.globalBatch() + " (one micro-batch for each replica)")
                : List.of();
    }

    private long accumulation() {
        return accumulation.isEmpty() ? 1 : bounded("--gradient-accumulation-steps", accumulation, LARGEST);
    }

    private static long product(long micro, long accumulation, long replicas) {
        if (Math.multiplyHigh(micro * replicas, accumulation) != 0 || micro * replicas * accumulation > LARGEST) {
            throw tooLarge("--global-batch-size", Long.MAX_VALUE, LARGEST);
        }
        return micro * replicas * accumulation;
    }

    private static long bounded(String option, String text, long most) {
        long count = Quantities.count(option, text);
        if (count > most) {
            throw tooLarge(option, count, most);
        }
        return count;
    }

    private static InputException tooLarge(String option, long found, long most) {
        return InputException.usage(
                option + ": found " + Numbers.grouped(found) + ", expected at most " + Numbers.grouped(most),
                "Give a size that a run can have.");
    }
}
