package dev.plimsoll.planner.search;

import dev.plimsoll.benchmarks.SearchQuestions;
import dev.plimsoll.model.execution.Parallelism.PipelineParallel;
import dev.plimsoll.planner.memory.LayerMemory;
import dev.plimsoll.planner.time.LayerTime;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/// One layout of Llama 3.1 70B on 512 H100 after another, with warm layer costs: memory of every kind of stage and the
/// whole step's time. Each thread has tables of its own, as in a search.
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class EvaluationBenchmark {
    /// Candidates an invocation prices: so many micro-batches under each recomputation.
    private static final int MICRO_BATCHES = 3;

    private static final int RECOMPUTATIONS = 4;
    private static final int PRICED = MICRO_BATCHES * RECOMPUTATIONS;

    @Param({"1", "8", "16"})
    private int stages;

    private SplitTables tables;
    private SplitCosts costs;
    private int pipeline;
    private int replicas;
    private int at;

    @Setup
    public void prepare() {
        SearchQuestions.Asked asked = SearchQuestions.llama70b();
        SearchSpace space = asked.space();
        PlannedLayouts layouts = new PlannedLayouts(asked.question().job(), space);
        int tensor = 0;
        while (space.tensor().get(tensor).degree() != 8) {
            tensor++;
        }
        PlannedSplit split = (PlannedSplit) layouts.of(0, tensor, 0).of(0);
        costs = split;
        tables = split.tables();
        for (int i = 0; i < space.pipelines().size(); i++) {
            PipelineParallel choice = space.pipelines().get(i);
            pipeline = choice.degree() == stages && choice.chunks() == 1 ? i : pipeline;
        }
        replicas = 512 / 8 / stages;
    }

    /// A whole layout: memory and time.
    @Benchmark
    @OperationsPerInvocation(PRICED)
    public void layout(Blackhole sink) {
        costs.pipeline(pipeline, replicas);
        costs.sharding(1, replicas);
        for (int microBatch = 0; microBatch < MICRO_BATCHES; microBatch++) {
            for (int recomputation = 0; recomputation < RECOMPUTATIONS; recomputation++) {
                sink.consume(costs.deviceBytes(microBatch, recomputation));
                sink.consume(costs.seconds(microBatch, recomputation));
            }
        }
    }

    /// A memoised layer's memory.
    @Benchmark
    public LayerMemory layerMemory() {
        at = (at + 1) & 3;
        return tables.memory(at, 1);
    }

    /// A memoised layer's time.
    @Benchmark
    public LayerTime layerTime() {
        at = (at + 1) & 3;
        return tables.time(at, 1);
    }
}
