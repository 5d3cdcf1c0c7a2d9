package dev.plimsoll.report.answer;

import dev.plimsoll.model.units.Numbers;
import dev.plimsoll.model.units.Provenance;
import dev.plimsoll.planner.cost.CountingConvention;
import dev.plimsoll.planner.result.Basis;
import dev.plimsoll.planner.result.Explanation;
import dev.plimsoll.planner.time.Calibration;
import dev.plimsoll.planner.time.StepPlan;
import dev.plimsoll.planner.time.StepTime;
import dev.plimsoll.planner.time.Utilisation;
import dev.plimsoll.report.data.Data;
import dev.plimsoll.report.page.Page;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;

/// How long a step takes, line by line, and what is made of the devices' peak.
///
/// @param plan the prediction
/// @param basis where the time comes from: the prediction, or something that is known already
/// @param convention under which MFU and HFU are counted
public record TrainStep(StepPlan plan, StepBasis basis, CountingConvention convention) {
    /// Conventions that people compare MFU under.
    private static final List<CountingConvention> COMPARED =
            List.of(CountingConvention.MEGATRON, CountingConvention.KORTHIKANTI_2022, CountingConvention.PALM);

    /// A line of a step.
    private record Line(String name, double seconds, String note) {}

    /// The step's time.
    public double seconds() {
        double tokens = plan.job().batch().tokens();
        return switch (basis) {
            case StepBasis.Predicted() -> plan.seconds();
            case StepBasis.Utilised(double mfu) -> utilisation(convention).secondsAt(mfu);
            case StepBasis.Rate(double rate) ->
                utilisation(convention).modelFlops().count() / rate / devices();
            case StepBasis.Measured(double measured) -> measured;
            case StepBasis.Throughput(double rate) -> tokens / rate;
            case StepBasis.ThroughputOfOne(double rate) -> tokens / rate / devices();
        };
    }

    double tokensPerSecond() {
        return plan.job().batch().tokens() / seconds();
    }

    double tokensPerSecondPerDevice() {
        return tokensPerSecond() / devices();
    }

    double modelFlopsPerSecondPerDevice() {
        return reached().modelFlopsPerSecond() / devices();
    }

    double mfu() {
        return reached().mfu();
    }

    double bubble() {
        return plan.time().bubbleShare();
    }

    double low() {
        return isPredicted() ? plan.low() : seconds();
    }

    double high() {
        return isPredicted() ? plan.high() : seconds();
    }

    Provenance provenance() {
        return isPredicted() ? plan.provenance() : basis.isMeasured() ? Provenance.MEASURED : Provenance.ASSUMED;
    }

    private boolean isPredicted() {
        return basis instanceof StepBasis.Predicted;
    }

    private long devices() {
        return plan.cluster().devices();
    }

    /// The prediction's utilisation under that convention.
    private Utilisation utilisation(CountingConvention counted) {
        return plan.utilisation().under(counted, plan.job());
    }

    private Utilisation reached() {
        return utilisation(convention).at(seconds());
    }

    private String words() {
        return switch (basis) {
            case StepBasis.Predicted() -> "predicted";
            case StepBasis.Utilised(double mfu) -> "given as MFU";
            case StepBasis.Rate(double rate) -> "given as FLOP/s";
            case StepBasis.Measured _, StepBasis.Throughput _, StepBasis.ThroughputOfOne _ -> "measured";
        };
    }

    Data.Fields data() {
        Utilisation reached = reached();
        double tokens = plan.job().batch().tokens() / seconds();
        List<Data> conventions = new ArrayList<>();
        for (CountingConvention compared : COMPARED) {
            Utilisation other = utilisation(compared).at(seconds());
            conventions.add(Data.Fields.empty()
                    .with("convention", compared.name())
                    .with("mfu", other.mfu())
                    .with("hfu", other.hfu()));
        }
        List<Data> lines = new ArrayList<>();
        for (Line line : lines()) {
            lines.add(Data.Fields.empty()
                    .with("name", line.name())
                    .with("seconds", line.seconds())
                    .with("share", line.seconds() / plan.seconds()));
        }
        return Data.Fields.empty()
                .with("seconds", seconds())
                .with("secondsLow", low())
                .with("secondsHigh", high())
                .with("tokensPerSecond", tokens)
                .with("tokensPerSecondPerDevice", tokens / devices())
                .with("modelFlopsPerSecondPerDevice", reached.modelFlopsPerSecond() / devices())
                .with("mfu", reached.mfu())
                .with("hfu", reached.hfu())
                .with("bubble", plan.time().bubbleShare())
                .with("convention", convention.name())
                .with("conventions", conventions)
                .with("modelFlops", reached.modelFlops().count())
                .with("hardwareFlops", reached.hardwareFlops().count())
                .with("peakFlopsPerSecondPerDevice", reached.peak() / devices())
                .with("basis", words())
                .with("predictedSeconds", plan.seconds())
                .with("predictedSecondsLow", plan.low())
                .with("predictedSecondsHigh", plan.high())
                .with("lines", lines)
                .with("calibration", standsOn())
                .with("provenance", provenance().word());
    }

    private List<Line> lines() {
        StepTime time = plan.time();
        return List.of(
                new Line("computing", time.computing(), "forward and backward, on the slowest stage"),
                new Line("run again", time.rerun(), "recomputation"),
                new Line("communication", time.communication(), "what shows of tensor, context, expert parallelism"),
                new Line("gathering", time.gathering(), "what shows of gathering shared-out weights"),
                new Line("bubble", time.bubble(), "waiting for other stages"),
                new Line("reducing", time.reducing(), "what shows of gradients' reduction"),
                new Line("optimizer", time.optimizer(), "updating the weights"),
                new Line("overhead", time.overhead(), "data, launches, stragglers"));
    }

    List<Page.Section> sections() {
        List<Page.Section> sections = new ArrayList<>();
        sections.add(new Page.Section.Facts(basis.isMeasured() ? "step (measured)" : "step", facts()));
        List<Page.Fact> lines = new ArrayList<>();
        for (Line line : lines()) {
            if (line.seconds() > 0) {
                lines.add(new Page.Fact(
                        line.name(),
                        Durations.print(line.seconds()),
                        percent(line.seconds() / plan.seconds()) + "  " + line.note()));
            }
        }
        sections.add(new Page.Section.Facts("where a predicted step's time goes", lines));
        sections.add(new Page.Section.Prose(
                "",
                List.of(
                        "time: " + standsOn() + ".",
                        "convention " + convention.name() + ": " + convention.words() + ". Source: "
                                + convention.source() + ".")));
        return sections;
    }

    private List<Page.Fact> facts() {
        Utilisation reached = reached();
        double tokens = plan.job().batch().tokens() / seconds();
        List<Page.Fact> facts = new ArrayList<>();
        facts.add(new Page.Fact("step time", Durations.print(seconds()), interval()));
        if (basis.isMeasured()) {
            facts.add(new Page.Fact(
                    "  predicted",
                    Durations.print(plan.seconds()),
                    Durations.print(plan.low()) + " to " + Durations.print(plan.high()) + ", "
                            + plan.provenance().word() + "; measured is "
                            + Numbers.decimals(seconds() / plan.seconds(), 3)
                            + " x the prediction"));
        }
        facts.add(new Page.Fact(
                "tokens/s",
                Numbers.grouped(Math.round(tokens)),
                Numbers.grouped(Math.round(tokens / devices())) + " a device"));
        facts.add(new Page.Fact(
                "model FLOP/s",
                Numbers.decimalPrefix(reached.modelFlopsPerSecond() / devices()) + "FLOP/s",
                "a device, of a peak of " + Numbers.decimalPrefix(reached.peak() / devices()) + "FLOP/s"));
        facts.add(new Page.Fact("MFU", percent(reached.mfu()), "model FLOPs as " + convention.name() + " counts them"));
        facts.add(new Page.Fact("HFU", percent(reached.hfu()), "what is run again counted too"));
        for (CountingConvention compared : COMPARED) {
            if (!compared.equals(convention)) {
                Utilisation other = utilisation(compared).at(seconds());
                facts.add(new Page.Fact("  " + compared.name(), percent(other.mfu()), "HFU " + percent(other.hfu())));
            }
        }
        facts.add(new Page.Fact("bubble", percent(plan.time().bubbleShare()), "of the pipeline's time, predicted"));
        return facts;
    }

    private String interval() {
        if (!isPredicted()) {
            return words();
        }
        return Durations.print(plan.low()) + " to " + Durations.print(plan.high()) + " in nine cases of ten, "
                + plan.provenance().word();
    }

    /// The step and what follows from it, with the values put in.
    List<Explanation> explanations() {
        List<Explanation> lines = new ArrayList<>();
        StepTime time = plan.time();
        Basis seconds = new Basis("s", "sum of the lines above", plan.provenance());
        lines.add(Worked.sum(
                "predicted step",
                "computing + run again + communication + gathering + bubble + reducing + optimizer + overhead",
                lines().stream().map(Line::seconds).toList(),
                seconds));
        Utilisation reached = reached();
        String source = "Chowdhery et al. 2022, section 4.1; FLOPs as " + convention.name() + " counts them";
        Basis share = new Basis("of the peak", source, provenance());
        lines.add(Worked.utilised(
                "MFU",
                "model FLOPs / (seconds x peak of all devices)",
                reached.modelFlops(),
                seconds(),
                reached.peak(),
                share));
        lines.add(Worked.utilised(
                "HFU",
                "hardware FLOPs / (seconds x peak of all devices)",
                reached.hardwareFlops(),
                seconds(),
                reached.peak(),
                share));
        BigDecimal tokens = BigDecimal.valueOf(plan.job().batch().tokens());
        lines.add(Worked.quotient(
                "tokens a second of a device",
                "tokens / seconds / devices",
                List.of(tokens),
                List.of(Worked.exact(seconds()), BigDecimal.valueOf(devices())),
                new Basis("tokens/s", "arithmetic", provenance())));
        double piped = time.computing() + time.rerun() + time.communication() + time.gathering() + time.bubble();
        lines.add(Worked.quotient(
                "bubble",
                "bubble / pipeline",
                List.of(Worked.exact(time.bubble())),
                List.of(Worked.exact(piped)),
                new Basis("of the pipeline's time", "replay of the schedule, stage by stage", plan.provenance())));
        return lines;
    }

    /// What the constants were fitted to.
    private String standsOn() {
        Calibration calibration = plan.calibration();
        String framework = plan.job().method().framework().name();
        String architecture = calibration.device().architecture();
        return calibration
                .band()
                .map(band -> "constants fitted to published runs of " + framework + " on " + architecture
                        + "; the interval: " + band.source())
                .orElse("no published runs of " + framework + " on " + architecture
                        + " are at hand, so constants of the nearest and a wide interval");
    }

    private static String percent(double share) {
        return Numbers.decimals(100 * share, 1) + " %";
    }
}
