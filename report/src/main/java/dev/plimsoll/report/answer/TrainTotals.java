package dev.plimsoll.report.answer;

import dev.plimsoll.model.units.Numbers;
import dev.plimsoll.model.units.Provenance;
import dev.plimsoll.planner.hardware.Figure;
import dev.plimsoll.planner.result.Basis;
import dev.plimsoll.planner.result.Explanation;
import dev.plimsoll.planner.run.ComputeBudget;
import dev.plimsoll.planner.run.Reliability;
import dev.plimsoll.planner.run.ScalingLaw;
import dev.plimsoll.planner.run.ScalingLaw.Optimum;
import dev.plimsoll.planner.run.TrainingRun;
import dev.plimsoll.report.data.Data;
import dev.plimsoll.report.page.Page;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;

/// The whole run: days, device-hours, money, energy, carbon, failures, and what a budget is best spent on.
///
/// @param step of which the run is made; empty where no device was named
public record TrainTotals(Question question, Optional<TrainStep> step) {
    private static final double SECONDS_IN_AN_HOUR = 3600;

    /// What is asked.
    ///
    /// @param computeBudget FLOPs
    /// @param moneyBudget in the currency of the price
    public record Question(
            Optional<Length> length,
            Prices prices,
            Optional<Failures> failures,
            OptionalDouble computeBudget,
            OptionalDouble moneyBudget) {}

    /// @param tokens of the run
    /// @param steps as many as they take
    public record Length(double tokens, double steps) {}

    /// @param pricePerDeviceHour in any currency
    /// @param watts of one device
    /// @param effectiveness energy of the building over that of its servers
    /// @param kilogramsPerKilowattHour of CO2 equivalents
    public record Prices(
            OptionalDouble pricePerDeviceHour,
            OptionalDouble watts,
            double effectiveness,
            OptionalDouble kilogramsPerKilowattHour,
            Energy energy) {
        /// Whether energy is told.
        public enum Energy {
            WHERE_POWER_IS_GIVEN,
            ASKED
        }
    }

    /// @param betweenSeconds from one failure of a device to its next, on average
    /// @param checkpointSeconds that a checkpoint takes
    /// @param restartSeconds from a failure to the next step
    public record Failures(double betweenSeconds, double checkpointSeconds, double restartSeconds, Times times) {
        /// Where the times come from.
        public enum Times {
            GIVEN,
            ASSUMED
        }
    }

    private Optional<Reliability> reliability() {
        return step.flatMap(known -> question.failures()
                .map(failures -> new Reliability(
                        failures.betweenSeconds() / SECONDS_IN_AN_HOUR,
                        devices(known),
                        failures.checkpointSeconds(),
                        failures.restartSeconds())));
    }

    private static long devices(TrainStep step) {
        return step.plan().cluster().devices();
    }

    /// The share of the time in which steps are made that stay.
    private double goodput() {
        return reliability().map(known -> known.goodput(known.dalyInterval())).orElse(1.0);
    }

    private Optional<TrainingRun> run() {
        return step.flatMap(known -> run(known, known.seconds()));
    }

    private Optional<TrainingRun> run(TrainStep known, double seconds) {
        return question.length().map(length -> new TrainingRun(length.steps(), seconds, devices(known), goodput()));
    }

    /// Days from the first step to the last; empty where no length or no device is known.
    Optional<Double> days() {
        return run().map(TrainingRun::days);
    }

    /// In the price's currency; empty where that is not known.
    Optional<Double> cost() {
        return run().map(this::cost).filter(OptionalDouble::isPresent).map(OptionalDouble::getAsDouble);
    }

    private OptionalDouble watts() {
        if (question.prices().watts().isPresent() || question.prices().energy() != Prices.Energy.ASKED) {
            return question.prices().watts();
        }
        Optional<Figure> sheet =
                step.flatMap(known -> known.plan().cluster().accelerator().power());
        return sheet.map(figure -> OptionalDouble.of(figure.value())).orElse(OptionalDouble.empty());
    }

    private OptionalDouble energy(TrainingRun run) {
        OptionalDouble watts = watts();
        return watts.isEmpty()
                ? watts
                : OptionalDouble.of(
                        run.energy(watts.getAsDouble(), question.prices().effectiveness()));
    }

    private OptionalDouble carbon(TrainingRun run) {
        OptionalDouble energy = energy(run);
        OptionalDouble intensity = question.prices().kilogramsPerKilowattHour();
        return energy.isEmpty() || intensity.isEmpty()
                ? OptionalDouble.empty()
                : OptionalDouble.of(TrainingRun.carbon(energy.getAsDouble(), intensity.getAsDouble()));
    }

    private OptionalDouble cost(TrainingRun run) {
        OptionalDouble price = question.prices().pricePerDeviceHour();
        return price.isEmpty() ? price : OptionalDouble.of(run.cost(price.getAsDouble()));
    }

    /// FLOPs that there are to be spent.
    private OptionalDouble budget() {
        if (question.computeBudget().isPresent() || question.moneyBudget().isEmpty() || step.isEmpty()) {
            return question.computeBudget();
        }
        return OptionalDouble.of(new ComputeBudget(
                        question.moneyBudget().getAsDouble(),
                        question.prices().pricePerDeviceHour().orElseThrow(),
                        step.get().modelFlopsPerSecondPerDevice())
                .flops());
    }

    /// `null` where nothing of a whole run is asked.
    Data data() {
        Optional<TrainingRun> run = run();
        OptionalDouble budget = budget();
        if (run.isEmpty() && budget.isEmpty()) {
            return new Data.Nothing();
        }
        return Data.Fields.empty()
                .with("tokens", real(question.length().map(Length::tokens)))
                .with("steps", real(question.length().map(Length::steps)))
                .with("days", real(run.map(TrainingRun::days)))
                .with(
                        "daysLow",
                        real(step.flatMap(known -> run(known, known.low())).map(TrainingRun::days)))
                .with(
                        "daysHigh",
                        real(step.flatMap(known -> run(known, known.high())).map(TrainingRun::days)))
                .with("deviceHours", real(run.map(TrainingRun::deviceHours)))
                .with("cost", of(run, this::cost))
                .with("energyKilowattHours", of(run, this::energy))
                .with("carbonKilograms", of(run, this::carbon))
                .with("failures", real(run.flatMap(known -> reliability().map(all -> all.failures(known.seconds())))))
                .with("checkpointIntervalSeconds", real(reliability().map(Reliability::dalyInterval)))
                .with("goodput", real(run.map(TrainingRun::goodput)))
                .with("computeBudgetFlops", optional(budget))
                .with("optimal", optimal(budget))
                .with(
                        "provenance",
                        step.map(TrainStep::provenance)
                                .orElse(Provenance.PUBLISHED)
                                .word());
    }

    private static List<Data> optimal(OptionalDouble budget) {
        List<Data> laws = new ArrayList<>();
        if (budget.isPresent()) {
            for (ScalingLaw law : ScalingLaw.published()) {
                Optimum best = law.optimum(budget.getAsDouble());
                laws.add(Data.Fields.empty()
                        .with("law", law.name())
                        .with("parameters", best.parameters())
                        .with("tokens", best.tokens())
                        .with("source", law.source()));
            }
        }
        return laws;
    }

    private static Data real(Optional<Double> value) {
        return value.<Data>map(Data.Real::new).orElse(new Data.Nothing());
    }

    private static Data optional(OptionalDouble value) {
        return value.isPresent() ? new Data.Real(value.getAsDouble()) : new Data.Nothing();
    }

    private static Data of(Optional<TrainingRun> run, Function<TrainingRun, OptionalDouble> figure) {
        return run.map(figure).map(TrainTotals::optional).orElse(new Data.Nothing());
    }

    List<Page.Section> sections() {
        List<Page.Section> sections = new ArrayList<>();
        run().ifPresent(run -> sections.add(new Page.Section.Facts("the whole run", facts(run))));
        OptionalDouble budget = budget();
        if (budget.isPresent()) {
            sections.add(laws(budget.getAsDouble()));
        }
        return sections;
    }

    private List<Page.Fact> facts(TrainingRun run) {
        List<Page.Fact> facts = new ArrayList<>();
        Length length = question.length().orElseThrow();
        facts.add(new Page.Fact(
                "tokens", Counts.print(length.tokens()), Numbers.grouped((long) length.steps()) + " steps"));
        facts.add(new Page.Fact("days", Numbers.decimals(run.days(), 1), interval()));
        facts.add(new Page.Fact("device-hours", Numbers.grouped(Math.round(run.deviceHours())), ""));
        cost(run)
                .ifPresent(cost -> facts.add(new Page.Fact(
                        "cost",
                        Numbers.grouped(Math.round(cost)),
                        "at " + question.prices().pricePerDeviceHour().orElse(0) + " a device-hour, given")));
        energy(run)
                .ifPresent(energy -> facts.add(new Page.Fact(
                        "energy",
                        Numbers.grouped(Math.round(energy)) + " kWh",
                        Numbers.decimals(watts().orElse(0), 0) + " W a device, "
                                + (question.prices().watts().isPresent() ? "given" : "datasheet") + "; PUE "
                                + question.prices().effectiveness())));
        carbon(run)
                .ifPresent(carbon -> facts.add(new Page.Fact(
                        "carbon",
                        Numbers.grouped(Math.round(carbon)) + " kg",
                        "CO2 equivalents, at "
                                + question.prices().kilogramsPerKilowattHour().orElse(0) + " kg a kWh, given")));
        reliability().ifPresent(reliability -> facts.addAll(failures(run, reliability)));
        return facts;
    }

    private String interval() {
        return step.map(known -> run(known, known.low()).map(TrainingRun::days).orElse(0.0))
                .map(low -> Numbers.decimals(low, 1) + " to "
                        + step.flatMap(known -> run(known, known.high()))
                                .map(high -> Numbers.decimals(high.days(), 1))
                                .orElse("")
                        + " as the step's interval has it")
                .orElse("");
    }

    private List<Page.Fact> failures(TrainingRun run, Reliability reliability) {
        boolean given = question.failures().orElseThrow().times() == Failures.Times.GIVEN;
        return List.of(
                new Page.Fact(
                        "failures",
                        Numbers.decimals(reliability.failures(run.seconds()), 1),
                        "one every " + Durations.print(reliability.meanSecondsBetweenFailures())),
                new Page.Fact(
                        "  checkpoint",
                        "every " + Durations.print(reliability.dalyInterval()),
                        Durations.print(reliability.writeSeconds()) + " each and "
                                + Durations.print(reliability.restartSeconds()) + " to restart, "
                                + (given ? "given" : "assumed") + "; Daly 2006"),
                new Page.Fact(
                        "  goodput",
                        Numbers.decimals(100 * run.goodput(), 1) + " %",
                        "of the time goes into steps that stay"));
    }

    private static Page.Section laws(double flops) {
        List<List<String>> rows = new ArrayList<>();
        for (ScalingLaw law : ScalingLaw.published()) {
            Optimum best = law.optimum(flops);
            rows.add(List.of(law.name(), Counts.print(best.parameters()), Counts.print(best.tokens()), law.source()));
        }
        return new Page.Section.Grid(
                "the best size for " + Numbers.decimalPrefix(flops) + "FLOPs",
                List.of(
                        Page.Column.left("law"),
                        Page.Column.right("parameters"),
                        Page.Column.right("tokens"),
                        Page.Column.left("source")),
                rows);
    }

    /// Days and device-hours, with the values put in.
    List<Explanation> explanations() {
        List<Explanation> lines = new ArrayList<>();
        run().ifPresent(run -> {
            Provenance provenance = step.map(TrainStep::provenance).orElse(Provenance.ASSUMED);
            BigDecimal seconds = Worked.exact(run.stepSeconds());
            BigDecimal goodput = Worked.exact(run.goodput());
            BigDecimal steps = Worked.exact(run.steps());
            lines.add(Worked.quotient(
                    "days",
                    "steps x seconds / goodput / 86400",
                    List.of(steps, seconds),
                    List.of(goodput, new BigDecimal(86_400)),
                    new Basis("days", "arithmetic", provenance)));
            lines.add(Worked.quotient(
                    "device-hours",
                    "steps x seconds x devices / goodput / 3600",
                    List.of(steps, seconds, new BigDecimal(run.devices())),
                    List.of(goodput, new BigDecimal(3600)),
                    new Basis("h", "arithmetic", provenance)));
        });
        return lines;
    }
}
