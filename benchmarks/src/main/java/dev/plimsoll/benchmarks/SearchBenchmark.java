package dev.plimsoll.benchmarks;

import dev.plimsoll.planner.search.LayoutSearch;
import dev.plimsoll.planner.search.SearchControl;
import dev.plimsoll.planner.search.SearchResult;
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

/// A whole search, from a model that is read to its best layouts, nothing kept from one to the next.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3)
@Measurement(iterations = 5)
@Fork(1)
public class SearchBenchmark {
    /// GPT-3 on 64 devices, Llama 3.1 70B on 512, DeepSeek-V3 on 1,024.
    @Param({"gpt3", "llama70b", "deepSeek"})
    private String question = "";

    @Param({"1", "2"})
    private int threads;

    private SearchQuestions.Asked asked;

    @Setup
    public void ask() {
        asked = switch (question) {
            case "gpt3" -> SearchQuestions.gpt3();
            case "llama70b" -> SearchQuestions.llama70b();
            default -> SearchQuestions.deepSeek();
        };
        SearchResult result = search();
        System.out.println("considered " + result.considered() + ", fitting " + result.fitting() + ", rejected "
                + result.rejected());
    }

    @Benchmark
    public SearchResult search() {
        return LayoutSearch.run(asked.question(), asked.space(), SearchControl.of(threads));
    }
}
