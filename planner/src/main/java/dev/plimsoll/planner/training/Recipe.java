package dev.plimsoll.planner.training;

import dev.plimsoll.model.execution.Precision;
import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.shape.DataType;
import dev.plimsoll.model.units.Nearest;
import dev.plimsoll.model.units.Text;
import dev.plimsoll.planner.training.TrainingMethod.MatrixArithmetic;
import java.util.List;
import java.util.Optional;

/// The data types of a training run, by the name people use.
///
/// @param account bytes a parameter with Adam, unshared: weights, master weights, gradients, their copy, two states
/// @param source whose account it is
public record Recipe(String name, Precision precision, MatrixArithmetic arithmetic, int account, String source) {
    private static final int SUGGESTIONS = 3;

    private static final Precision PURE = new Precision(
            "bf16",
            DataType.BF16,
            DataType.BF16,
            DataType.BF16,
            Optional.empty(),
            Optional.empty(),
            DataType.BF16,
            DataType.BF16);

    private static final Precision HALF = new Precision(
            "fp16-mixed",
            DataType.F16,
            DataType.F16,
            DataType.F32,
            Optional.empty(),
            Optional.of(DataType.F32),
            DataType.F32,
            DataType.F16);

    private static final List<Recipe> ALL = List.of(
            new Recipe("fp32", Precision.FULL, MatrixArithmetic.AS_HELD, 16, "four numbers of four bytes"),
            new Recipe(
                    "fp16-mixed",
                    HALF,
                    MatrixArithmetic.AS_HELD,
                    18,
                    "Micikevicius et al. 2018, with gradients summed in f32"),
            new Recipe(
                    "bf16-mixed",
                    Precision.MIXED_18,
                    MatrixArithmetic.AS_HELD,
                    18,
                    "NVIDIA/Megatron-LM, theoretical_memory_usage.py: 18, or 6 + 12/dp with states shared out"),
            new Recipe("bf16", PURE, MatrixArithmetic.AS_HELD, 8, "everything in bf16, no master weights"),
            new Recipe(
                    "fp8",
                    Precision.MIXED_18,
                    MatrixArithmetic.FP8,
                    18,
                    "Micikevicius et al. 2022; matrices have two eight-bit copies more on Transformer Engine"),
            new Recipe(
                    "mixed-16",
                    Precision.MIXED_16,
                    MatrixArithmetic.AS_HELD,
                    16,
                    "Rajbhandari et al. 2020 (ZeRO), section 3.1: 2 + 2 + 12"),
            new Recipe("mixed-18", Precision.MIXED_18, MatrixArithmetic.AS_HELD, 18, "NVIDIA/Megatron-LM: 2 + 4 + 12"),
            new Recipe(
                    "mixed-20",
                    Precision.MIXED_20,
                    MatrixArithmetic.AS_HELD,
                    20,
                    "Smith et al. 2022, section 2: (2 + 4) + (2 + 4) + 8"));

    public static List<Recipe> all() {
        return ALL;
    }

    /// The recipe of that name.
    ///
    /// @throws InputException naming all of them
    public static Recipe named(String name) {
        for (Recipe recipe : ALL) {
            if (recipe.name.equals(name)) {
                return recipe;
            }
        }
        List<String> names = ALL.stream().map(Recipe::name).toList();
        throw InputException.usage(
                "precision: found '" + Text.printable(name) + "', expected one of " + String.join(", ", names),
                "The nearest are " + String.join(", ", Nearest.of(name, names, SUGGESTIONS)) + ".");
    }
}
