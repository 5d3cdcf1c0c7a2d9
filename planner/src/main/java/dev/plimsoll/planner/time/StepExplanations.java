package dev.plimsoll.planner.time;

import dev.plimsoll.model.units.Provenance;
import dev.plimsoll.planner.result.Basis;
import dev.plimsoll.planner.result.Explanation;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.List;

/// How the figures of a step come about, each as plain arithmetic.
final class StepExplanations {
    private static final int MICROSECONDS = 6;
    private static final int TRIMMED = 4;

    private final StepPlan plan;

    StepExplanations(StepPlan plan) {
        this.plan = plan;
    }

    List<Explanation> lines() {
        BigDecimal step = step().value();
        BigDecimal tokens = new BigDecimal(plan.job().batch().tokens());
        BigDecimal devices = new BigDecimal(plan.cluster().devices());
        Utilisation utilisation = plan.utilisation();
        BigDecimal work = whole(utilisation.modelFlops().count());
        BigDecimal hardware = whole(utilisation.hardwareFlops().count());
        BigDecimal peak = whole(utilisation.peak());
        BigDecimal width = rounded(1 + plan.calibration().halfWidth(), TRIMMED);
        String convention =
                "FLOPs under the convention " + utilisation.convention().name();
        return List.of(
                step(),
                new Explanation(
                        "step at least",
                        "step / (1 + half-width)",
                        step + " / " + width,
                        step.divide(width, MathContext.DECIMAL128),
                        basis("s", bandSource())),
                new Explanation(
                        "step at most",
                        "step x (1 + half-width)",
                        step + " x " + width,
                        step.multiply(width),
                        basis("s", bandSource())),
                new Explanation(
                        "tokens a second of each device",
                        "tokens / (step x devices)",
                        tokens + " / (" + step + " x " + devices + ")",
                        tokens.divide(step.multiply(devices), MathContext.DECIMAL128),
                        basis("tokens/s", "the step above")),
                share("MFU", "model FLOPs", work, step, peak, convention),
                share("HFU", "FLOPs with what is run again", hardware, step, peak, convention));
    }

    private Explanation step() {
        StepTime time = plan.time();
        List<BigDecimal> lines = List.of(
                seconds(time.computing()),
                seconds(time.rerun()),
                seconds(time.communication()),
                seconds(time.gathering()),
                seconds(time.bubble()),
                seconds(time.reducing()),
                seconds(time.optimizer()),
                seconds(time.overhead()));
        BigDecimal sum = lines.stream().reduce(BigDecimal.ZERO, BigDecimal::add);
        return new Explanation(
                "step",
                "computing + rerun + communication + gathering + bubble + reducing + optimizer + overhead",
                String.join(" + ", lines.stream().map(BigDecimal::toPlainString).toList()),
                sum,
                basis(
                        "s",
                        plan.calibration().stack().source() + "; "
                                + plan.calibration().shares().source()));
    }

    private Explanation share(
            String topic, String what, BigDecimal work, BigDecimal step, BigDecimal peak, String convention) {
        return new Explanation(
                topic,
                what + " / (step x peak of all devices)",
                work.toPlainString() + " / (" + step.toPlainString() + " x " + peak.toPlainString() + ")",
                work.divide(step.multiply(peak), MathContext.DECIMAL128),
                basis("", convention + "; peak by the data sheet"));
    }

    private String bandSource() {
        return plan.calibration()
                .band()
                .map(ConstantTables.Band::source)
                .orElse("assumed: this framework was not measured on this device");
    }

    private Basis basis(String unit, String source) {
        Provenance provenance = plan.provenance();
        return new Basis(unit, source, provenance);
    }

    private static BigDecimal seconds(double value) {
        return rounded(value, MICROSECONDS);
    }

    private static BigDecimal rounded(double value, int decimals) {
        return new BigDecimal(value).setScale(decimals, RoundingMode.HALF_EVEN);
    }

    private static BigDecimal whole(double value) {
        return rounded(value, 0);
    }
}
