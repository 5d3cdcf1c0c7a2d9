package dev.plimsoll.planner.search;

import dev.plimsoll.model.execution.Parallelism.ContextParallel;
import dev.plimsoll.model.execution.Parallelism.ExpertParallel;
import dev.plimsoll.model.execution.Parallelism.PipelineParallel;
import dev.plimsoll.model.execution.Parallelism.TensorParallel;
import dev.plimsoll.model.execution.Recomputation;
import java.util.List;

/// The choices that layouts are made of. Each combination is a candidate; replicas are what is left of the devices.
///
/// Candidates are numbered in the order of the lists, the last list turning fastest; of equals the first is the better.
public record SearchSpace(
        List<SearchDevices> devices,
        List<TensorParallel> tensor,
        List<ContextParallel> context,
        List<ExpertParallel> experts,
        List<PipelineParallel> pipelines,
        List<ShardingChoice> shardings,
        List<Long> microBatches,
        List<Recomputation> recomputations) {
    public SearchSpace {
        devices = List.copyOf(devices);
        tensor = List.copyOf(tensor);
        context = List.copyOf(context);
        experts = List.copyOf(experts);
        pipelines = List.copyOf(pipelines);
        shardings = List.copyOf(shardings);
        microBatches = List.copyOf(microBatches);
        recomputations = List.copyOf(recomputations);
    }

    /// All combinations, possible or not.
    ///
    /// @throws ArithmeticException past 2^63 - 1
    public long candidates() {
        return Math.multiplyExact(splits(), candidatesOfSplit());
    }

    /// Combinations of devices, tensor, context and expert parallelism.
    long splits() {
        return Math.multiplyExact((long) devices.size() * tensor.size(), (long) context.size() * experts.size());
    }

    /// Candidates that share devices, tensor, context and expert parallelism.
    long candidatesOfSplit() {
        return Math.multiplyExact(
                (long) pipelines.size() * shardings.size(), (long) microBatches.size() * recomputations.size());
    }
}
