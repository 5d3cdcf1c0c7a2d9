package dev.plimsoll.model.rewrite;

import dev.plimsoll.model.execution.Parallelism;
import dev.plimsoll.model.execution.Parallelism.ContextExchange;
import dev.plimsoll.model.execution.Parallelism.ContextParallel;
import dev.plimsoll.model.execution.Parallelism.DataParallel;
import dev.plimsoll.model.execution.Parallelism.ExpertParallel;
import dev.plimsoll.model.execution.Parallelism.PipelineParallel;
import dev.plimsoll.model.execution.Parallelism.PipelineSchedule;
import dev.plimsoll.model.execution.Parallelism.SequenceSplit;
import dev.plimsoll.model.execution.Parallelism.Sharding;
import dev.plimsoll.model.execution.Parallelism.TensorParallel;
import java.util.List;

/// Ways to split a run, one degree at a time.
final class Layouts {
    private Layouts() {}

    static Parallelism tensor(int degree, SequenceSplit sequence) {
        Parallelism none = Parallelism.NONE;
        return new Parallelism(
                new TensorParallel(degree, sequence), none.context(), none.expert(), none.pipeline(), none.data());
    }

    static Parallelism context(int degree, ContextExchange exchange) {
        Parallelism none = Parallelism.NONE;
        return new Parallelism(
                none.tensor(), new ContextParallel(degree, exchange), none.expert(), none.pipeline(), none.data());
    }

    static Parallelism stages(int degree, PipelineSchedule schedule) {
        Parallelism none = Parallelism.NONE;
        PipelineParallel pipeline = new PipelineParallel(degree, 1, schedule, List.of());
        return new Parallelism(none.tensor(), none.context(), none.expert(), pipeline, none.data());
    }

    /// Experts over the replicas of a run, and over parts of their matrices in a tensor group.
    static Parallelism experts(int degree, int parts, int tensor, int replicas) {
        Parallelism none = Parallelism.NONE;
        return new Parallelism(
                new TensorParallel(tensor, SequenceSplit.SPLIT),
                none.context(),
                new ExpertParallel(degree, parts),
                none.pipeline(),
                new DataParallel(replicas, replicas, Sharding.NONE));
    }
}
