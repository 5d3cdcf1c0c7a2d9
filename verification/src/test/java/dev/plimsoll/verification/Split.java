package dev.plimsoll.verification;

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

/// A parallelism of which one part after the other is changed.
record Split(Parallelism parallelism) {
    Split() {
        this(Parallelism.NONE);
    }

    Split tensor(int degree, SequenceSplit sequence) {
        return new Split(new Parallelism(
                new TensorParallel(degree, sequence),
                parallelism.context(),
                parallelism.expert(),
                parallelism.pipeline(),
                parallelism.data()));
    }

    Split context(int degree, ContextExchange exchange) {
        return new Split(new Parallelism(
                parallelism.tensor(),
                new ContextParallel(degree, exchange),
                parallelism.expert(),
                parallelism.pipeline(),
                parallelism.data()));
    }

    Split expert(int degree, int parts) {
        return new Split(new Parallelism(
                parallelism.tensor(),
                parallelism.context(),
                new ExpertParallel(degree, parts),
                parallelism.pipeline(),
                parallelism.data()));
    }

    Split pipeline(int degree, int chunks, PipelineSchedule schedule) {
        return new Split(new Parallelism(
                parallelism.tensor(),
                parallelism.context(),
                parallelism.expert(),
                new PipelineParallel(degree, chunks, schedule, List.of()),
                parallelism.data()));
    }

    Split data(int degree, Sharding sharding) {
        return hybrid(degree, degree, sharding);
    }

    Split hybrid(int degree, int shards, Sharding sharding) {
        return new Split(new Parallelism(
                parallelism.tensor(),
                parallelism.context(),
                parallelism.expert(),
                parallelism.pipeline(),
                new DataParallel(degree, shards, sharding)));
    }
}
