package dev.plimsoll.benchmarks;

import dev.plimsoll.formats.model.Catalogue;
import dev.plimsoll.formats.model.LoadedModel;
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

/// From the text of a config.json to the description of the model.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class ReadingBenchmark {
    @Param({"llama-3.1-8b", "deepseek-v3", "gemma-3-27b", "qwen3.5-397b-a17b"})
    private String model = "";

    private String config;

    @Setup
    public void write() {
        config = ConfigText.of(Catalogue.find(model).orElseThrow().config());
    }

    @Benchmark
    public LoadedModel read() {
        return Models.readText(config);
    }
}
