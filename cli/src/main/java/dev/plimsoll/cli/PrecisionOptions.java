package dev.plimsoll.cli;

import dev.plimsoll.model.execution.Precision;
import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.shape.DataType;
import dev.plimsoll.model.units.Text;
import dev.plimsoll.planner.framework.FrameworkProfile;
import dev.plimsoll.planner.training.Recipe;
import dev.plimsoll.planner.training.TrainingMethod.MatrixArithmetic;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import picocli.CommandLine.Option;

/// In which data types a training run holds its tensors.
final class PrecisionOptions {
    @Option(
            names = "--precision",
            paramLabel = "NAME",
            description =
                    "fp32, bf16, fp16, fp8 (bf16 with products in eight bits), pure-bf16, or an account: mixed-16, "
                            + "mixed-18, mixed-20 bytes a parameter with Adam (default: the framework's).")
    private String name = "";

    @Option(names = "--bf16", description = "The same as --precision bf16.")
    private boolean brain;

    @Option(names = "--fp16", description = "The same as --precision fp16.")
    private boolean half;

    @Option(
            names = "--fp8-format",
            paramLabel = "FORMAT",
            description = "Linear maps in eight bits, in whichever format: e4m3 or hybrid.")
    private String eightBits = "";

    @Option(names = "--main-grads-dtype", paramLabel = "TYPE", description = "Of gradients as they are added up.")
    private String gradients = "";

    @Option(names = "--grad-reduce-in-bf16", description = "The same as --main-grads-dtype bf16.")
    private boolean narrowGradients;

    @Option(
            names = "--main-params-dtype",
            paramLabel = "TYPE",
            description = "Of the copy of the weights that the optimizer updates, or none.")
    private String masterWeights = "";

    @Option(
            names = {"--exp-avg-dtype", "--optimizer-states-dtype"},
            paramLabel = "TYPE",
            description = "Of each of the optimizer's states.")
    private String states = "";

    /// What matrix products are computed in.
    MatrixArithmetic arithmetic() {
        if (!eightBits.isEmpty() && !List.of("e4m3", "hybrid").contains(eightBits)) {
            throw Words.unknown("--fp8-format", eightBits, List.of("e4m3", "hybrid"));
        }
        return name.equals("fp8") || !eightBits.isEmpty() ? MatrixArithmetic.FP8 : MatrixArithmetic.AS_HELD;
    }

    /// The recipe, the framework's own where nothing is said.
    Precision precision(FrameworkProfile framework) {
        if (brain && half) {
            throw InputException.usage("--fp16: found beside --bf16, expected one of them", "Leave one out.");
        }
        Precision recipe = recipe(framework);
        DataType summed = narrowGradients ? DataType.BF16 : type("--main-grads-dtype", gradients, recipe.gradients());
        Precision changed = new Precision(
                recipe.name(),
                recipe.weights(),
                recipe.activations(),
                summed,
                gradients.isEmpty() && !narrowGradients ? recipe.gradientCopy() : Optional.empty(),
                master(recipe),
                type("--exp-avg-dtype", states, recipe.optimizerStates()),
                recipe.keyValueCache());
        return changed.equals(recipe) ? recipe : renamed(changed);
    }

    private static Precision renamed(Precision recipe) {
        return new Precision(
                "as given",
                recipe.weights(),
                recipe.activations(),
                recipe.gradients(),
                recipe.gradientCopy(),
                recipe.masterWeights(),
                recipe.optimizerStates(),
                recipe.keyValueCache());
    }

    private Optional<DataType> master(Precision recipe) {
        if (masterWeights.isEmpty()) {
            return recipe.masterWeights();
        }
        return masterWeights.equals("none")
                ? Optional.empty()
                : Optional.of(type("--main-params-dtype", masterWeights, recipe.weights()));
    }

    private Precision recipe(FrameworkProfile framework) {
        Precision usual = framework.defaults().precision();
        String asked = name.isEmpty() ? brain ? "bf16" : half ? "fp16" : "" : name;
        return switch (asked) {
            case "", "bf16", "bfloat16", "fp8" -> usual;
            case "fp16", "float16", "half" -> in(usual, DataType.F16);
            case "fp32", "f32", "float32" -> Precision.FULL;
            case "pure-bf16" -> Recipe.named("bf16").precision();
            default ->
                Recipe.all().stream()
                        .filter(recipe -> recipe.name().equals(asked))
                        .findFirst()
                        .map(Recipe::precision)
                        .orElseThrow(() -> Words.unknown("--precision", asked, names()));
        };
    }

    private static List<String> names() {
        return Stream.concat(
                        Stream.of("fp16", "pure-bf16"), Recipe.all().stream().map(Recipe::name))
                .toList();
    }

    /// The recipe with another 16-bit type in the place of bf16.
    private static Precision in(Precision recipe, DataType type) {
        return new Precision(
                recipe.name() + " in " + type.name(),
                replaced(recipe.weights(), type),
                replaced(recipe.activations(), type),
                replaced(recipe.gradients(), type),
                recipe.gradientCopy(),
                recipe.masterWeights(),
                recipe.optimizerStates(),
                replaced(recipe.keyValueCache(), type));
    }

    private static DataType replaced(DataType held, DataType type) {
        return held.equals(DataType.BF16) ? type : held;
    }

    private static DataType type(String option, String text, DataType usual) {
        return switch (text) {
            case "" -> usual;
            case "fp32", "f32" -> DataType.F32;
            case "bf16" -> DataType.BF16;
            case "fp16", "f16" -> DataType.F16;
            default ->
                throw InputException.usage(
                        option + ": found '" + Text.printable(text) + "', expected fp32, bf16 or fp16",
                        "Write for example " + option + " fp32.");
        };
    }
}
