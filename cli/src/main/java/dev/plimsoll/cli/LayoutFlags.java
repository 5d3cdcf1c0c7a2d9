package dev.plimsoll.cli;

import dev.plimsoll.model.execution.Parallelism;
import dev.plimsoll.model.execution.Parallelism.ContextExchange;
import dev.plimsoll.model.execution.Parallelism.DataParallel;
import dev.plimsoll.model.execution.Parallelism.PipelineParallel;
import dev.plimsoll.model.execution.Parallelism.PipelineSchedule;
import dev.plimsoll.model.execution.Parallelism.SequenceSplit;
import dev.plimsoll.model.execution.Parallelism.Sharding;
import dev.plimsoll.planner.training.TrainingJob;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/// The command line that asks for one layout, ready to paste.
final class LayoutFlags {
    /// Options that the layout itself replaces, and those that say how an answer is printed.
    private static final Set<String> REPLACED = Set.of(
            "--gpu",
            "--tp",
            "--pp",
            "--vpp",
            "--num-layers-per-virtual-pipeline-stage",
            "--cp",
            "--cp-comm-type",
            "--ep",
            "--etp",
            "--dp",
            "--sequence-parallel",
            "--pipeline-layers",
            "--schedule",
            "--zero",
            "--use-distributed-optimizer",
            "--shards",
            "--recompute",
            "--micro-batch-size",
            "--global-batch-size",
            "--gradient-accumulation-steps",
            "--seq-length",
            "--search",
            "--top-n",
            "--constraint",
            "--objective",
            "--emit",
            "--solve",
            "--threads",
            "--output",
            "--explain",
            "--units",
            "--quiet",
            "--verbose",
            "--no-color",
            "--fail-on",
            "--fail-if-over-budget");

    private LayoutFlags() {}

    /// What was typed, with a layout in the place of what was said of it.
    ///
    /// @param gpu as `--gpu` takes it; empty for none
    static String again(ParseResult typed, TrainingJob job, String gpu) {
        List<String> words = new ArrayList<>();
        for (PositionalParamSpec positional : typed.matchedPositionals()) {
            positional.stringValues().forEach(value -> words.add(quoted(value)));
        }
        if (!gpu.isEmpty()) {
            words.add("--gpu " + gpu);
        }
        words.addAll(of(job));
        for (OptionSpec option : typed.matchedOptions()) {
            if (Set.of(option.names()).stream().noneMatch(REPLACED::contains)) {
                typed(option).forEach(word -> words.add(quoted(word)));
            }
        }
        return String.join(" ", words);
    }

    /// An option as it was typed, under its first name.
    static List<String> typed(OptionSpec option) {
        List<String> words = new ArrayList<>();
        if (option.arity().max() == 0) {
            boolean negated = option.negatable() && option.stringValues().contains("false");
            words.add(negated ? option.names()[0].replace("--", "--no-") : option.names()[0]);
            return words;
        }
        for (String value : option.originalStringValues()) {
            words.add(option.names()[0]);
            words.add(value);
        }
        return words;
    }

    /// As `--schedule` takes it.
    static String word(PipelineSchedule schedule) {
        return switch (schedule) {
            case ONE_FORWARD_ONE_BACKWARD -> "1f1b";
            case GPIPE -> "gpipe";
            case ZERO_BUBBLE -> "zero-bubble";
        };
    }

    /// A layout, a batch and what is run again.
    static List<String> of(TrainingJob job) {
        Parallelism split = job.parallelism();
        PipelineParallel pipeline = split.pipeline();
        List<String> words = new ArrayList<>();
        degree(words, "--tp", split.tensor().degree());
        if (split.tensor().degree() > 1) {
            words.add(
                    split.tensor().sequence() == SequenceSplit.SPLIT
                            ? "--sequence-parallel"
                            : "--no-sequence-parallel");
        }
        degree(words, "--pp", pipeline.degree());
        degree(words, "--vpp", pipeline.chunks());
        if (!pipeline.layers().isEmpty()) {
            words.add("--pipeline-layers "
                    + pipeline.layers().stream().map(String::valueOf).collect(Collectors.joining(",")));
        }
        if (pipeline.degree() > 1) {
            words.add("--schedule "
                    + switch (pipeline.schedule()) {
                        case ONE_FORWARD_ONE_BACKWARD -> "1f1b";
                        case GPIPE -> "gpipe";
                        case ZERO_BUBBLE -> "zero-bubble";
                    });
        }
        degree(words, "--cp", split.context().degree());
        if (split.context().degree() > 1 && split.context().exchange() == ContextExchange.ALL_TO_ALL) {
            words.add("--cp-comm-type a2a");
        }
        degree(words, "--ep", split.expert().degree());
        degree(words, "--etp", split.expert().tensorDegree());
        replicas(words, split.data());
        words.add("--recompute " + quoted(RecomputeWords.print(job.method().recomputation())));
        words.add("--micro-batch-size " + job.batch().microBatch());
        words.add("--global-batch-size " + job.batch().globalBatch());
        words.add("--seq-length " + job.batch().sequenceLength());
        return words;
    }

    private static void replicas(List<String> words, DataParallel data) {
        degree(words, "--dp", data.degree());
        words.add("--zero " + data.sharding().zero());
        if (data.sharding() != Sharding.NONE && data.shards() < data.degree()) {
            words.add("--shards " + data.shards());
        }
    }

    private static void degree(List<String> words, String option, int degree) {
        if (degree > 1) {
            words.add(option + " " + degree);
        }
    }

    private static String quoted(String value) {
        return value.matches("[A-Za-z0-9_.,:/@%+=-]+") ? value : "'" + value.replace("'", "'\\''") + "'";
    }
}
