package dev.plimsoll.cli;

import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.units.Quantities;
import dev.plimsoll.model.units.Text;
import dev.plimsoll.planner.training.TrainingJob;
import dev.plimsoll.report.answer.TrainTotals;
import dev.plimsoll.report.answer.TrainTotals.Failures;
import dev.plimsoll.report.answer.TrainTotals.Length;
import dev.plimsoll.report.answer.TrainTotals.Prices;
import java.util.Optional;
import java.util.OptionalDouble;
import picocli.CommandLine.Option;

/// How long the whole run is, and what a device-hour costs.
final class RunOptions {
    private static final double MOST = 1e15;
    private static final double MOST_FLOPS = 1e40;
    private static final double GRAMS = 1e-3;

    /// More than any grid emits.
    private static final double DIRTIEST = 3;

    @Option(names = "--tokens", paramLabel = "N", description = "Tokens of the whole run, for example 300B.")
    private String tokens = "";

    @Option(
            names = {"--steps", "--train-iters"},
            paramLabel = "N",
            description = "The same said as steps.")
    private String steps = "";

    @Option(names = "--price-per-device-hour", paramLabel = "X", description = "In any currency; gives the run's cost.")
    private String price = "";

    @Option(
            names = "--power",
            paramLabel = "W",
            description = "Watts of one device with its share of the server (default with --pue or --carbon-intensity: "
                    + "the data sheet's).")
    private String power = "";

    @Option(
            names = "--pue",
            paramLabel = "X",
            description = "Energy of the building over that of its servers (default: 1).")
    private String effectiveness = "";

    @Option(
            names = "--carbon-intensity",
            paramLabel = "KG",
            description = "Kilograms of CO2 equivalents a kilowatt-hour, or grams: 0.4 or 400g.")
    private String carbon = "";

    @Option(
            names = "--mtbf",
            paramLabel = "TIME",
            description =
                    "Mean time between failures of one device, for example 50000h: gives failures, the best interval "
                            + "between checkpoints and the time lost.")
    private String failures = "";

    @Option(
            names = "--checkpoint-time",
            paramLabel = "TIME",
            description = "That the run stands still for a checkpoint (default with --mtbf: 60s, assumed).")
    private String checkpoint = "";

    @Option(
            names = "--restart-time",
            paramLabel = "TIME",
            description = "From a failure to the next step (default with --mtbf: 10min, assumed).")
    private String restart = "";

    @Option(
            names = "--compute-budget",
            paramLabel = "FLOPS",
            description = "For example 6e23: the best size and tokens for it, by published fits.")
    private String computeBudget = "";

    @Option(
            names = "--money-budget",
            paramLabel = "X",
            description = "The same for so much money at --price-per-device-hour.")
    private String moneyBudget = "";

    /// What is asked of the whole run.
    TrainTotals.Question question(TrainingJob job) {
        return new TrainTotals.Question(
                length(job), prices(), failures(), amount("--compute-budget", computeBudget, MOST_FLOPS), money());
    }

    /// What a device-hour costs, where that is known.
    OptionalDouble price() {
        return amount("--price-per-device-hour", price, MOST);
    }

    private Optional<Length> length(TrainingJob job) {
        if (!tokens.isEmpty() && !steps.isEmpty()) {
            throw InputException.usage(
                    "--steps: found beside --tokens, expected one of them",
                    "Leave one out: tokens are steps x the batch.");
        }
        if (!steps.isEmpty()) {
            long count = Quantities.count("--steps", steps);
            return Optional.of(new Length((double) count * (double) job.batch().tokens(), count));
        }
        if (tokens.isEmpty()) {
            return Optional.empty();
        }
        long count = Quantities.count("--tokens", tokens);
        return Optional.of(new Length(count, Math.ceilDiv(count, job.batch().tokens())));
    }

    private Prices prices() {
        double building = effectiveness.isEmpty() ? 1 : Reals.read("--pue", effectiveness, 1, 100);
        return new Prices(
                price(),
                amount("--power", power, 1e6),
                building,
                intensity(),
                !effectiveness.isEmpty() || !carbon.isEmpty()
                        ? Prices.Energy.ASKED
                        : Prices.Energy.WHERE_POWER_IS_GIVEN);
    }

    private OptionalDouble intensity() {
        if (carbon.isEmpty()) {
            return OptionalDouble.empty();
        }
        boolean grams = carbon.endsWith("g") && !carbon.endsWith("kg");
        String number = grams
                ? carbon.substring(0, carbon.length() - 1)
                : carbon.endsWith("kg") ? carbon.substring(0, carbon.length() - 2) : carbon;
        double factor = grams ? GRAMS : 1;
        double kilograms = Reals.read("--carbon-intensity", number, 0, MOST) * factor;
        if (kilograms > DIRTIEST) {
            throw InputException.usage(
                    "--carbon-intensity: found " + Text.printable(carbon) + ", expected at most " + (int) DIRTIEST
                            + " kilograms a kilowatt-hour",
                    "Write grams as, for example, 400g.");
        }
        return OptionalDouble.of(kilograms);
    }

    private Optional<Failures> failures() {
        if (failures.isEmpty()) {
            if (!checkpoint.isEmpty() || !restart.isEmpty()) {
                throw InputException.usage(
                        "--mtbf: missing beside --checkpoint-time or --restart-time, expected how often devices fail",
                        "Add for example --mtbf 50000h.");
            }
            return Optional.empty();
        }
        return Optional.of(new Failures(
                Reals.seconds("--mtbf", failures),
                checkpoint.isEmpty() ? 60 : Reals.seconds("--checkpoint-time", checkpoint),
                restart.isEmpty() ? 600 : Reals.seconds("--restart-time", restart),
                checkpoint.isEmpty() || restart.isEmpty() ? Failures.Times.ASSUMED : Failures.Times.GIVEN));
    }

    private OptionalDouble money() {
        OptionalDouble money = amount("--money-budget", moneyBudget, MOST);
        if (money.isPresent() && price.isEmpty()) {
            throw InputException.usage(
                    "--money-budget: found without --price-per-device-hour, expected what it is spent on",
                    "Add for example --price-per-device-hour 2.5.");
        }
        return money;
    }

    /// A number above 0.
    private static OptionalDouble amount(String option, String text, double most) {
        OptionalDouble amount = Reals.optional(option, text, 0, most);
        if (amount.isPresent() && amount.getAsDouble() == 0) {
            throw InputException.usage(
                    option + ": found " + Text.printable(text) + ", expected a number above 0",
                    "Leave it out, or give a positive number.");
        }
        return amount;
    }
}
