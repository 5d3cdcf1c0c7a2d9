package dev.plimsoll.benchmarks;

import dev.plimsoll.model.architecture.Transformer;
import dev.plimsoll.model.shape.DataType;
import dev.plimsoll.planner.cost.CacheFormat;
import dev.plimsoll.planner.cost.CountingConvention;
import dev.plimsoll.planner.cost.FlopCount;
import dev.plimsoll.planner.cost.KeyValueCacheSize;
import dev.plimsoll.planner.cost.ParameterCount;
import dev.plimsoll.planner.cost.Workload;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// Counting a model that is read already: what a search over many plans, or a page that answers as one types, repeats.
///
/// Single calls are timed, since one ends within a time slice: their median does not show the other work of a machine.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class CountingBenchmark {
    private static final long SEQUENCE = 4096;

    /// Dense; latent attention and experts; two kinds of window and a tower; linear attention and experts.
    @Param({"llama-3.1-8b", "deepseek-v3", "gemma-3-27b", "qwen3.5-397b-a17b"})
    private String model = "";

    private Transformer transformer;

    @Setup
    public void read() {
        transformer = Models.read(model).transformer().orElseThrow();
    }

    @Benchmark
    public ParameterCount parameters() {
        return ParameterCount.of(transformer);
    }

    @Benchmark
    public KeyValueCacheSize cache() {
        return KeyValueCacheSize.of(transformer, CacheFormat.of(DataType.BF16));
    }

    @Benchmark
    public FlopCount flops() {
        return FlopCount.of(transformer, new Workload.Training(1, SEQUENCE), CountingConvention.STRICT);
    }

    @Benchmark
    public Counts all() {
        return new Counts(parameters(), cache(), flops());
    }

    /// What `all` gives back, so that nothing of it is left out.
    public record Counts(ParameterCount parameters, KeyValueCacheSize cache, FlopCount flops) {}
}
