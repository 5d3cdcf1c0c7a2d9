package dev.plimsoll.cli;

import dev.plimsoll.formats.launch.LaunchFramework;
import dev.plimsoll.formats.launch.LaunchMethod;
import dev.plimsoll.formats.launch.LaunchMethod.Offloaded;
import dev.plimsoll.formats.launch.LaunchMethod.Recomputes;
import dev.plimsoll.formats.launch.LaunchModel;
import dev.plimsoll.formats.launch.LaunchPlan;
import dev.plimsoll.formats.launch.LaunchPrecision;
import dev.plimsoll.formats.launch.LaunchPrecision.Products;
import dev.plimsoll.formats.launch.LaunchText;
import dev.plimsoll.formats.launch.LaunchWriter;
import dev.plimsoll.model.execution.Optimizer;
import dev.plimsoll.model.execution.Precision;
import dev.plimsoll.planner.training.TrainingJob;
import dev.plimsoll.planner.training.TrainingMethod;
import dev.plimsoll.planner.training.TrainingMethod.MatrixArithmetic;
import dev.plimsoll.planner.training.TrainingMethod.Offload;
import dev.plimsoll.report.answer.TrainLaunch;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/// From a planned run to another framework's launch file.
final class LaunchPlans {
    private LaunchPlans() {}

    /// @param reference how the model was named; the empty text where it was described by flags
    static TrainLaunch write(TrainingJob job, String reference, LaunchFramework framework) {
        LaunchText text = LaunchWriter.write(
                new LaunchPlan(
                        job.method().framework().name(),
                        model(job, reference, framework),
                        TrainPlans.layers(job.model()),
                        job.parallelism(),
                        job.batch().globalBatch(),
                        job.batch().microBatch(),
                        job.batch().sequenceLength(),
                        method(job.method())),
                framework);
        return new TrainLaunch(framework.toString(), text.text(), text.unsaid());
    }

    private static LaunchModel model(TrainingJob job, String reference, LaunchFramework framework) {
        return switch (framework) {
            case MEGATRON ->
                MegatronShapes.of(job.model())
                        .<LaunchModel>map(LaunchModel.Shape::new)
                        .orElse(new LaunchModel.Unsaid());
            case TORCHTITAN, DEEPSPEED ->
                reference.isEmpty() ? new LaunchModel.Unsaid() : new LaunchModel.Published(reference);
        };
    }

    private static LaunchMethod method(TrainingMethod method) {
        return new LaunchMethod(
                new Recomputes.Exactly(method.recomputation()),
                Optional.of(precision(method)),
                Optional.of(optimizer(method.optimizer())),
                Optional.of(method.dropout()),
                offloaded(method.offload()));
    }

    private static LaunchPrecision precision(TrainingMethod method) {
        Precision precision = method.precision();
        // Where weights are held wider than they are computed with, files name the narrow type and a copy.
        boolean gathered =
                precision.weights().blockBytes() > precision.activations().blockBytes();
        LaunchPrecision held = new LaunchPrecision(
                precision.activations(),
                precision.gradientCopy().orElse(precision.gradients()),
                gathered ? Optional.of(precision.weights()) : precision.masterWeights(),
                precision.optimizerStates(),
                Products.AS_WEIGHTS);
        return method.arithmetic() == MatrixArithmetic.FP8 ? held.withProducts(Products.EIGHT_BIT) : held;
    }

    private static String optimizer(Optimizer optimizer) {
        return switch (optimizer) {
            case Optimizer.GradientDescent _ -> "sgd";
            case Optimizer.Momentum _ -> "momentum";
            case Optimizer.Adam _ -> "adam";
            case Optimizer.AdamW _ -> "adamw";
            case Optimizer.BlockwiseAdam _ -> "adam-8bit";
            case Optimizer.Adafactor _ -> "adafactor";
            case Optimizer.Muon _ -> "muon";
        };
    }

    private static Set<Offloaded> offloaded(Offload offload) {
        Set<Offloaded> offloaded = EnumSet.noneOf(Offloaded.class);
        if (offload.optimizer() == Offload.Place.HOST) {
            offloaded.add(Offloaded.OPTIMIZER_STATES);
        }
        if (offload.weights() == Offload.Place.HOST) {
            offloaded.add(Offloaded.WEIGHTS);
        }
        if (offload.activations() == Offload.Place.HOST) {
            offloaded.add(Offloaded.ACTIVATIONS);
        }
        return offloaded;
    }
}
