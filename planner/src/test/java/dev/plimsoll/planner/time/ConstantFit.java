package dev.plimsoll.planner.time;

import dev.plimsoll.planner.time.DeviceConstants.BothWays;
import java.util.List;
import java.util.function.UnaryOperator;

/// Fits constants to measured runs: moves one after another as long as that brings predictions nearer to what was measured.
///
/// What is made small is the sum of `2 w^2 (sqrt(1 + (e / w)^2) - 1)` over the runs, with `e` the logarithm of predicted
/// over measured and `w` 3 %, so that a run that was disturbed pulls no more than others; and `(x / s)^2 w^2` for each
/// constant, with `x` the logarithm of how far it lies from where it was expected and `s` how sure that was.
final class ConstantFit {
    private static final double WIDTH = 0.03;

    private final List<MeasuredRun> runs;
    private final List<Knob> knobs;
    private final double[] moved;
    private ConstantTables tables;
    private double loss;

    /// One constant that may be moved.
    ///
    /// @param sureness how far its logarithm may be expected to lie off
    /// @param scaled the tables with it multiplied by a factor
    record Knob(String name, double sureness, Scaling scaled) {}

    /// The tables with a constant multiplied by a factor.
    interface Scaling {
        ConstantTables by(ConstantTables tables, double factor);
    }

    ConstantFit(ConstantTables start, List<Knob> knobs, List<MeasuredRun> runs) {
        this.runs = List.copyOf(runs);
        this.knobs = List.copyOf(knobs);
        moved = new double[knobs.size()];
        tables = start;
        loss = loss(start);
    }

    /// What is left to be made small.
    double loss() {
        return loss;
    }

    /// Moves each constant once by `by`, up or down, where that is better.
    void step(double by) {
        for (int i = 0; i < moved.length; i++) {
            if (!move(i, by)) {
                move(i, -by);
            }
        }
    }

    private boolean move(int knob, double by) {
        ConstantTables other = knobs.get(knob).scaled().by(tables, Math.exp(by));
        moved[knob] += by;
        double otherLoss = loss(other);
        if (otherLoss < loss) {
            tables = other;
            loss = otherLoss;
            return true;
        }
        moved[knob] -= by;
        return false;
    }

    private double loss(ConstantTables candidate) {
        double sum = 0;
        for (MeasuredRun run : runs) {
            double error = error(run, candidate) / WIDTH;
            sum += 2 * (Math.sqrt(1 + error * error) - 1);
        }
        for (int i = 0; i < moved.length; i++) {
            double off = moved[i] / knobs.get(i).sureness();
            sum += off * off;
        }
        return sum;
    }

    /// The logarithm of predicted over measured.
    static double error(MeasuredRun run, ConstantTables tables) {
        return Math.log(StepPlan.of(run.job(), run.cluster(), tables).seconds() / run.seconds());
    }

    static Knob device(String architecture, String name, double sureness, DeviceScaling scaling) {
        return new Knob(
                architecture + " " + name,
                sureness,
                (tables, factor) -> new ConstantTables(
                        tables.devices().stream()
                                .map(row -> row.architecture().equals(architecture) ? scaling.by(row, factor) : row)
                                .toList(),
                        tables.stacks(),
                        tables.bands()));
    }

    interface DeviceScaling {
        DeviceConstants by(DeviceConstants row, double factor);
    }

    static Knob stack(String framework, String name, double sureness, StackScaling scaling) {
        return new Knob(
                framework + " " + name,
                sureness,
                (tables, factor) -> new ConstantTables(
                        tables.devices(),
                        tables.stacks().stream()
                                .map(row -> row.framework().equals(framework) ? scaling.by(row, factor) : row)
                                .toList(),
                        tables.bands()));
    }

    interface StackScaling {
        StackConstants by(StackConstants row, double factor);
    }

    static DeviceConstants with(
            DeviceConstants row,
            UnaryOperator<Double> products,
            UnaryOperator<Double> small,
            UnaryOperator<Double> eightBitSmall,
            UnaryOperator<Double> triton,
            UnaryOperator<Double> vendor) {
        return new DeviceConstants(
                row.architecture(),
                row.wattsPerTeraflop(),
                products.apply(row.products()),
                small.apply(row.smallDimension()),
                eightBitSmall.apply(row.eightBitSmallDimension()),
                both(row.triton(), triton),
                row.portable(),
                both(row.vendor(), vendor),
                row.attentionLaunch(),
                row.grouped(),
                row.source());
    }

    private static BothWays both(BothWays ways, UnaryOperator<Double> scaled) {
        return new BothWays(scaled.apply(ways.forward()), scaled.apply(ways.backward()));
    }
}
