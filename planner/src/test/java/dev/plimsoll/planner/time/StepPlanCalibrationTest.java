package dev.plimsoll.planner.time;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class StepPlanCalibrationTest {
    @Test
    void printsErrors() {
        List<MeasuredRun> runs = MeasuredRun.all();
        double sum = 0;
        for (MeasuredRun run : runs) {
            StepPlan plan = StepPlan.of(run.job(), run.cluster());
            double error = plan.seconds() / run.seconds() - 1;
            sum += Math.abs(error);
            StepTime t = plan.time();
            System.out.printf(
                    "ROW %s %s %s %.1f%% t=%.3f comp %.3f rerun %.3f comm %.3f gather %.3f bubble %.3f red %.3f opt %.3f over %.3f mfu %.3f%n",
                    run.id(),
                    run.model(),
                    run.group(),
                    100 * error,
                    run.seconds(),
                    t.computing(),
                    t.rerun(),
                    t.communication(),
                    t.gathering(),
                    t.bubble(),
                    t.reducing(),
                    t.optimizer(),
                    t.overhead(),
                    plan.utilisation().at(run.seconds()).mfu());
        }
        assertThat(sum / runs.size()).isLessThan(1);
    }
}
