package dev.plimsoll.planner.training;

import dev.plimsoll.model.execution.DropoutRates;
import dev.plimsoll.model.execution.Optimizer;
import dev.plimsoll.model.execution.Precision;
import dev.plimsoll.model.execution.Recomputation;
import dev.plimsoll.planner.framework.FrameworkProfile;

/// How a model is trained, whatever the devices.
///
/// @param arithmetic what matrix products are computed in
/// @param load the rows that the busiest device's experts receive, over the mean; 1 where routing is balanced
public record TrainingMethod(
        FrameworkProfile framework,
        Precision precision,
        MatrixArithmetic arithmetic,
        Optimizer optimizer,
        Recomputation recomputation,
        DropoutRates dropout,
        Tuning tuning,
        Offload offload,
        ExpertLoad load,
        FurtherTokens furtherTokens) {
    /// What matrix products are computed in.
    public enum MatrixArithmetic {
        /// The type that activations are held in.
        AS_HELD,
        /// Eight-bit floats; weights, gradients and sums stay wider. Source: Micikevicius et al. 2022.
        FP8
    }

    /// What lies in the host's memory while the device does not need it.
    ///
    /// Source: Ren et al. 2021 (ZeRO-Offload); Rajbhandari et al. 2021 (ZeRO-Infinity).
    public record Offload(Place optimizer, Place weights, Place activations) {
        /// Where something is held.
        public enum Place {
            DEVICE,
            HOST
        }

        /// Everything on the device.
        public static final Offload NONE = new Offload(Place.DEVICE, Place.DEVICE, Place.DEVICE);
    }

    /// How unevenly routers deal tokens out: the busiest device's rows are `hundredths / 100` of the mean.
    public record ExpertLoad(int hundredths) {
        public static final ExpertLoad BALANCED = new ExpertLoad(100);
        public static final ExpertLoad UNEVEN = new ExpertLoad(125);
        public static final ExpertLoad WORST = new ExpertLoad(200);

        public ExpertLoad {
            if (hundredths < 100) {
                throw new IllegalArgumentException(
                        "the busiest device has at least the mean, not " + hundredths + " %");
            }
        }
    }

    /// Whether layers that predict further tokens are trained too, where the model has any.
    public enum FurtherTokens {
        LEFT_OUT,
        TRAINED
    }

    /// A framework's own defaults for a full training run with Adam.
    public static TrainingMethod of(FrameworkProfile framework) {
        return new TrainingMethod(
                framework,
                framework.defaults().precision(),
                MatrixArithmetic.AS_HELD,
                new Optimizer.Adam(1e-4),
                framework.defaults().recomputation(),
                DropoutRates.NONE,
                new Tuning.Everything(),
                Offload.NONE,
                ExpertLoad.BALANCED,
                FurtherTokens.LEFT_OUT);
    }

    public TrainingMethod withPrecision(Precision other) {
        return new TrainingMethod(
                framework, other, arithmetic, optimizer, recomputation, dropout, tuning, offload, load, furtherTokens);
    }

    public TrainingMethod withArithmetic(MatrixArithmetic other) {
        return new TrainingMethod(
                framework, precision, other, optimizer, recomputation, dropout, tuning, offload, load, furtherTokens);
    }

    public TrainingMethod withOptimizer(Optimizer other) {
        return new TrainingMethod(
                framework, precision, arithmetic, other, recomputation, dropout, tuning, offload, load, furtherTokens);
    }

    public TrainingMethod withRecomputation(Recomputation other) {
        return new TrainingMethod(
                framework, precision, arithmetic, optimizer, other, dropout, tuning, offload, load, furtherTokens);
    }

    public TrainingMethod withDropout(DropoutRates other) {
        return new TrainingMethod(
                framework,
                precision,
                arithmetic,
                optimizer,
                recomputation,
                other,
                tuning,
                offload,
                load,
                furtherTokens);
    }

    public TrainingMethod withTuning(Tuning other) {
        return new TrainingMethod(
                framework,
                precision,
                arithmetic,
                optimizer,
                recomputation,
                dropout,
                other,
                offload,
                load,
                furtherTokens);
    }

    public TrainingMethod withOffload(Offload other) {
        return new TrainingMethod(
                framework,
                precision,
                arithmetic,
                optimizer,
                recomputation,
                dropout,
                tuning,
                other,
                load,
                furtherTokens);
    }

    public TrainingMethod withLoad(ExpertLoad other) {
        return new TrainingMethod(
                framework,
                precision,
                arithmetic,
                optimizer,
                recomputation,
                dropout,
                tuning,
                offload,
                other,
                furtherTokens);
    }

    public TrainingMethod withFurtherTokens(FurtherTokens other) {
        return new TrainingMethod(
                framework, precision, arithmetic, optimizer, recomputation, dropout, tuning, offload, load, other);
    }
}
