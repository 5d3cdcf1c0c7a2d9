package dev.plimsoll.planner.time;

import dev.plimsoll.model.architecture.Transformer;
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
import dev.plimsoll.model.execution.Precision;
import dev.plimsoll.model.execution.Recomputation;
import dev.plimsoll.model.execution.Recomputation.Piece;
import dev.plimsoll.model.operator.Role;
import dev.plimsoll.model.rewrite.LowRankAdaptation;
import dev.plimsoll.model.shape.DataType;
import dev.plimsoll.planner.cost.WeightFormat;
import dev.plimsoll.planner.framework.Frameworks;
import dev.plimsoll.planner.hardware.Cluster;
import dev.plimsoll.planner.hardware.catalogue.Devices;
import dev.plimsoll.planner.training.TrainingBatch;
import dev.plimsoll.planner.training.TrainingJob;
import dev.plimsoll.planner.training.TrainingMethod;
import dev.plimsoll.planner.training.TrainingMethod.MatrixArithmetic;
import dev.plimsoll.planner.training.Tuning;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;

/// A published training run: what was run, and how fast it was.
///
/// @param use whether constants were fitted to it, or it was held out
/// @param group framework, device and arithmetic
/// @param seconds of one step, measured
record MeasuredRun(String id, Use use, String group, String model, TrainingJob job, Cluster cluster, double seconds) {
    enum Use {
        CALIBRATION,
        HELD_OUT
    }

    private static final Devices DEVICES = Devices.builtIn();

    /// All of `measured-runs.csv`.
    static List<MeasuredRun> all() {
        List<String> lines = lines();
        List<String> names = List.of(lines.getFirst().split(","));
        List<MeasuredRun> runs = new ArrayList<>();
        for (String line : lines.subList(1, lines.size())) {
            String[] values = line.split(",", names.size());
            Map<String, String> row = new TreeMap<>();
            for (int i = 0; i < names.size(); i++) {
                row.put(names.get(i), values[i]);
            }
            runs.add(new Row(row).run());
        }
        return runs;
    }

    private static List<String> lines() {
        try (InputStream stream = Objects.requireNonNull(MeasuredRun.class.getResourceAsStream("measured-runs.csv"))) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private record Row(Map<String, String> values) {
        MeasuredRun run() {
            Transformer model = MeasuredModels.of(
                    text("family"),
                    number("layers"),
                    number("hidden"),
                    number("width"),
                    number("heads"),
                    number("keyValueHeads"),
                    number("vocabulary"),
                    number("sequence"));
            TrainingBatch batch = new TrainingBatch(number("batch"), number("micro"), number("sequence"));
            TrainingJob job = new TrainingJob(model, parallelism(), batch, method());
            Cluster cluster = Cluster.of(DEVICES.require("device", text("device")), number("devices"));
            double tokens = Double.parseDouble(text("tokensPerSecond")) * number("devices");
            String group = text("framework") + " " + text("device") + " " + text("arithmetic");
            Use use = Use.valueOf(text("use").toUpperCase(Locale.ROOT).replace('-', '_'));
            return new MeasuredRun(text("id"), use, group, text("model"), job, cluster, batch.tokens() / tokens);
        }

        private TrainingMethod method() {
            TrainingMethod method = TrainingMethod.of(Frameworks.named(text("framework")))
                    .withRecomputation(
                            text("recompute").equals("full")
                                    ? Recomputation.everywhere(Piece.LAYER)
                                    : Recomputation.NONE);
            if (text("precision").equals(Precision.MIXED_16.name())) {
                method = method.withPrecision(Precision.MIXED_16);
            }
            TrainingMethod computed =
                    text("arithmetic").equals("fp8") ? method.withArithmetic(MatrixArithmetic.FP8) : method;
            return text("trained").equals("adapters")
                    ? computed.withTuning(new Tuning.Adapters(
                            new LowRankAdaptation(16, 32, Set.of(Role.QUERY_KEY_VALUE)),
                            WeightFormat.plain(DataType.BF16)))
                    : computed;
        }

        private Parallelism parallelism() {
            int data = (int) number("dp");
            return new Parallelism(
                    new TensorParallel(
                            (int) number("tp"), number("tp") > 1 ? SequenceSplit.SPLIT : SequenceSplit.WHOLE),
                    new ContextParallel((int) number("cp"), ContextExchange.RING),
                    new ExpertParallel((int) number("ep"), 1),
                    new PipelineParallel(
                            (int) number("pp"),
                            (int) number("chunks"),
                            PipelineSchedule.ONE_FORWARD_ONE_BACKWARD,
                            List.of()),
                    new DataParallel(
                            data, data, Sharding.valueOf(text("sharding").toUpperCase(Locale.ROOT))));
        }

        private String text(String name) {
            return Objects.requireNonNull(values.get(name));
        }

        private long number(String name) {
            return Long.parseLong(text(name));
        }
    }
}
