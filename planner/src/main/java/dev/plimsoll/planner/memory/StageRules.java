package dev.plimsoll.planner.memory;

import dev.plimsoll.model.execution.Parallelism;
import dev.plimsoll.model.execution.Parallelism.Sharding;
import dev.plimsoll.model.execution.Precision;
import dev.plimsoll.planner.framework.BufferRules;
import dev.plimsoll.planner.training.TrainingJob;
import dev.plimsoll.planner.training.TrainingMethod;
import dev.plimsoll.planner.training.TrainingMethod.Offload;
import dev.plimsoll.planner.training.Tuning;

/// What of a job decides how a stage's parts add up, in plain numbers.
///
/// @param shards devices that share out what `sharding` names of dense parameters: data shards times context
/// @param expertShards the same of experts' parameters
/// @param activationBytes of an element that is computed with
/// @param gradientBytes of an element of a gradient
/// @param copies whether weights are held wider than they are computed with, so that computing needs a copy
/// @param microBatches that a replica runs in a step
/// @param stages of the pipeline
/// @param groups kinds of communication the job has: tensor, context, expert, pipeline, data
public record StageRules(
        Sharding sharding,
        long shards,
        long expertShards,
        int activationBytes,
        int gradientBytes,
        Copies copies,
        long microBatches,
        int stages,
        int groups,
        BufferRules buffers,
        Offload offload) {
    /// Whether weights are computed with as they are held.
    public enum Copies {
        NONE,
        NARROWER
    }

    public static StageRules of(TrainingJob job) {
        Parallelism split = job.parallelism();
        long context = split.context().degree();
        long replicas = split.data().degree();
        long stage = replicas * context * split.tensor().degree();
        long owners = Math.max(
                1, stage / ((long) split.expert().degree() * split.expert().tensorDegree()));
        return new StageRules(
                split.data().sharding(),
                split.data().shards() * context,
                Math.max(1, owners * split.data().shards() / replicas),
                job.method().precision().activations().blockBytes(),
                job.method().precision().gradients().blockBytes(),
                copies(job.method()),
                job.microBatches(),
                split.pipeline().degree(),
                groups(split),
                job.method().framework().buffers(),
                job.method().offload());
    }

    private static Copies copies(TrainingMethod method) {
        Precision precision = method.precision();
        boolean trained = method.tuning() instanceof Tuning.Everything;
        boolean wider =
                precision.weights().blockBytes() > precision.activations().blockBytes();
        return trained && wider ? Copies.NARROWER : Copies.NONE;
    }

    /// Whether devices hold only their part of the weights between steps: a wider copy is what gradients' owners update.
    boolean dealsOutWeights() {
        return sharding == Sharding.WEIGHTS || (sharding == Sharding.GRADIENTS && copies == Copies.NARROWER);
    }

    private static int groups(Parallelism split) {
        int groups = split.tensor().degree() > 1 ? 1 : 0;
        groups += split.context().degree() > 1 ? 1 : 0;
        groups += split.expert().degree() > 1 ? 1 : 0;
        groups += split.pipeline().degree() > 1 ? 1 : 0;
        groups += split.data().degree() > 1 ? 1 : 0;
        return groups;
    }
}
