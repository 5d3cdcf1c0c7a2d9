package dev.plimsoll.benchmarks;

import dev.plimsoll.model.execution.Parallelism;
import dev.plimsoll.planner.framework.Frameworks;
import dev.plimsoll.planner.hardware.Cluster;
import dev.plimsoll.planner.hardware.catalogue.Devices;
import dev.plimsoll.planner.search.FixedChoices;
import dev.plimsoll.planner.search.Objective;
import dev.plimsoll.planner.search.SearchDevices;
import dev.plimsoll.planner.search.SearchQuestion;
import dev.plimsoll.planner.search.SearchSpace;
import dev.plimsoll.planner.search.WholeSpace;
import dev.plimsoll.planner.training.TrainingBatch;
import dev.plimsoll.planner.training.TrainingJob;
import dev.plimsoll.planner.training.TrainingMethod;
import java.util.List;

/// What the benchmarks ask of a search.
public final class SearchQuestions {
    private SearchQuestions() {}

    /// A question and all layouts that answer it.
    public record Asked(SearchQuestion question, SearchSpace space) {}

    /// 512 H100: some 190,000 layouts that can be run.
    public static Asked llama70b() {
        return ask("llama-3.1-70b", "h100", 512, new TrainingBatch(1024, 1, 8192));
    }

    /// 64 A100 for GPT-3: some 67,000 layouts that can be run.
    public static Asked gpt3() {
        return ask("gpt3-175b", "a100-80g", 64, new TrainingBatch(64, 1, 2048));
    }

    /// 1,024 H100, experts dealt out: some 3 million layouts that can be run, of 22 million combinations.
    public static Asked deepSeek() {
        return ask("deepseek-v3", "h100", 1024, new TrainingBatch(2048, 1, 4096));
    }

    private static Asked ask(String model, String device, long devices, TrainingBatch batch) {
        TrainingJob job = new TrainingJob(
                Models.read(model).transformer().orElseThrow(),
                Parallelism.NONE,
                batch,
                TrainingMethod.of(Frameworks.MEGATRON_TE));
        Cluster cluster = Cluster.of(Devices.builtIn().require("--gpu", device), devices);
        return new Asked(
                SearchQuestion.of(job, Objective.THROUGHPUT, 10),
                WholeSpace.of(job, List.of(SearchDevices.of(cluster)), FixedChoices.NONE));
    }
}
