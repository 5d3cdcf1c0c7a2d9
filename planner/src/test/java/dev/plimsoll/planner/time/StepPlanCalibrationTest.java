package dev.plimsoll.planner.time;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class StepPlanCalibrationTest {
    @Test
    void fits() {
        List<MeasuredRun> runs = MeasuredRun.all();
        ConstantTables tables = ConstantTables.shipped();
        if (System.getenv("SKIP_FSDP") == null) tables = fit(tables, FittedConstants.fsdp(), runs, "fsdp", "as-held");
        tables = fit(tables, FittedConstants.fsdpEightBit(), runs, "fsdp", "fp8");
        tables = fit(tables, FittedConstants.nemo(), runs, "megatron-te h100", "fp8");
        for (DeviceConstants d : tables.devices()) System.out.println("FIT " + d);
        for (StackConstants d : tables.stacks()) System.out.println("FIT " + d);
        report(tables, runs);
        assertThat(runs).isNotEmpty();
    }

    static ConstantTables fit(
            ConstantTables tables, List<ConstantFit.Knob> knobs, List<MeasuredRun> runs, String start, String end) {
        List<MeasuredRun> chosen = runs.stream()
                .filter(r -> r.use() == MeasuredRun.Use.CALIBRATION || System.getProperty("all") != null)
                .filter(r -> r.group().startsWith(start) && r.group().endsWith(end))
                .toList();
        long t = System.nanoTime();
        ConstantFit fit = new ConstantFit(tables, knobs, chosen);
        fit.run(25);
        System.out.println("FIT " + chosen.size() + " rows " + (System.nanoTime() - t) / 1e9 + " s " + fit.factors());
        return fit.tables();
    }

    static void report(ConstantTables tables, List<MeasuredRun> runs) {
        Map<String, List<MeasuredRun>> groups = runs.stream()
                .collect(Collectors.groupingBy(r -> r.group() + " " + r.use(), TreeMap::new, Collectors.toList()));
        groups.forEach((g, rs) -> {
            double[] e = rs.stream()
                    .mapToDouble(r -> Math.exp(ConstantFit.error(r, tables)) - 1)
                    .toArray();
            double[] abs = Arrays.stream(e).map(Math::abs).sorted().toArray();
            double[] m = rs.stream()
                    .mapToDouble(r -> StepPlan.of(r.job(), r.cluster(), tables)
                            .utilisation()
                            .at(r.seconds())
                            .hfu())
                    .toArray();
            double[] sorted = m.clone();
            Arrays.sort(sorted);
            double med = sorted.length % 2 == 1
                    ? sorted[sorted.length / 2]
                    : (sorted[sorted.length / 2] + sorted[sorted.length / 2 - 1]) / 2;
            double naive =
                    Arrays.stream(m).map(x -> Math.abs(x / med - 1)).average().orElse(0);
            System.out.printf(
                    "GROUP %s n=%d MAPE %.2f%% bias %.2f%% p90 %.1f%% max %.1f%% naive %.1f%%%n",
                    g,
                    e.length,
                    100 * Arrays.stream(abs).average().orElse(0),
                    100 * Arrays.stream(e).average().orElse(0),
                    100 * abs[(int) (0.9 * (abs.length - 1))],
                    100 * abs[abs.length - 1],
                    100 * naive);
        });
        for (MeasuredRun run : runs) {
            StepPlan plan = StepPlan.of(run.job(), run.cluster(), tables);
            StepTime t = plan.time();
            System.out.printf(
                    "ROW %s %s %s %s %.1f%% t=%.3f comp %.3f rerun %.3f comm %.3f gather %.3f bubble %.3f red %.3f opt %.3f over %.3f%n",
                    run.use(),
                    run.id(),
                    run.model(),
                    run.group(),
                    100 * (plan.seconds() / run.seconds() - 1),
                    run.seconds(),
                    t.computing(),
                    t.rerun(),
                    t.communication(),
                    t.gathering(),
                    t.bubble(),
                    t.reducing(),
                    t.optimizer(),
                    t.overhead());
        }
    }
}
