package dev.plimsoll.planner.search;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.model.execution.Parallelism;
import dev.plimsoll.planner.Models;
import dev.plimsoll.planner.framework.Frameworks;
import dev.plimsoll.planner.hardware.Cluster;
import dev.plimsoll.planner.hardware.catalogue.Devices;
import dev.plimsoll.planner.search.SearchResult.Outcome;
import dev.plimsoll.planner.search.SplitSearch.Pruning;
import dev.plimsoll.planner.training.TrainingBatch;
import dev.plimsoll.planner.training.TrainingJob;
import dev.plimsoll.planner.training.TrainingMethod;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class LayoutSearchTest {
    private static final int QUESTIONS = 200;

    @Test
    void pruningChangesNoAnswer() {
        for (long seed = 0; seed < QUESTIONS; seed++) {
            RandomQuestion asked = RandomQuestion.of(seed);
            SearchResult pruned = search(asked, Pruning.BOUNDS, 1);
            SearchResult exhaustive = search(asked, Pruning.NONE, 1);
            assertSame(pruned, exhaustive, seed);
            assertThat(pruned.considered()).isEqualTo(asked.space().candidates());
        }
    }

    @Test
    void theNumberOfThreadsChangesNoAnswer() {
        for (long seed = 0; seed < QUESTIONS / 8; seed++) {
            RandomQuestion asked = RandomQuestion.of(seed);
            SearchResult alone = search(asked, Pruning.BOUNDS, 1);
            assertSame(search(asked, Pruning.BOUNDS, 2), alone, seed);
            assertSame(search(asked, Pruning.BOUNDS, 7), alone, seed);
        }
    }

    @Test
    void everyCandidateIsAccountedFor() {
        for (long seed = 0; seed < QUESTIONS / 8; seed++) {
            SearchResult result = search(RandomQuestion.of(seed), Pruning.BOUNDS, 1);
            long others = result.rejected().entrySet().stream()
                    .filter(entry -> entry.getKey() != Rejection.DOMINATED)
                    .mapToLong(Map.Entry::getValue)
                    .sum();
            assertThat(result.fitting() + others).as("seed %d", seed).isEqualTo(result.considered());
        }
    }

    @Test
    void noLayoutOnTheFrontIsWorseThanAnotherInEveryRespect() {
        for (long seed = 0; seed < QUESTIONS / 8; seed++) {
            List<RankedLayout> front =
                    search(RandomQuestion.of(seed), Pruning.BOUNDS, 1).front();
            assertThat(front)
                    .as("seed %d", seed)
                    .isSortedAccordingTo(Comparator.comparingDouble(RankedLayout::stepSeconds));
            for (RankedLayout one : front) {
                assertThat(front)
                        .noneMatch(other -> other.stepSeconds() < one.stepSeconds()
                                && other.deviceBytes() < one.deviceBytes()
                                && other.devices().cluster().devices()
                                        < one.devices().cluster().devices());
            }
        }
    }

    @Test
    void aLargeModelIsFoundALayoutThatFits() {
        SearchResult result = LayoutSearch.run(
                SearchQuestion.of(large(1024), Objective.THROUGHPUT, 5), space(large(1024), 512), SearchControl.of(2));
        assertThat(result.outcome()).isEqualTo(Outcome.COMPLETE);
        assertThat(result.best()).hasSize(5);
        for (RankedLayout layout : result.best()) {
            assertThat(layout.job().parallelism().devices()).isEqualTo(512);
            assertThat(layout.deviceBytes())
                    .isLessThanOrEqualTo(layout.devices().capacity());
        }
        assertThat(result.rejected().get(Rejection.MEMORY)).isPositive();
    }

    @Test
    void theFrontIsWhatEachObjectiveWouldChoose() {
        SearchSpace space = space(large(64), 64);
        RankedLayout fastest = first(large(64), space, Objective.THROUGHPUT);
        RankedLayout smallest = first(large(64), space, Objective.MEMORY);
        List<RankedLayout> front = LayoutSearch.run(
                        SearchQuestion.of(large(64), Objective.THROUGHPUT, 1), space, SearchControl.of(1))
                .front();
        assertThat(front.getFirst()).isEqualTo(fastest);
        assertThat(front.stream().mapToLong(RankedLayout::deviceBytes).min()).hasValue(smallest.deviceBytes());
    }

    @Test
    void aCheaperKindOfDeviceWinsByCostAndAFasterOneByTime() {
        TrainingJob job = large(64);
        Devices known = Devices.builtIn();
        List<SearchDevices> kinds = List.of(
                new SearchDevices(Cluster.of(known.require("--gpu", "h100"), 64), 10),
                new SearchDevices(Cluster.of(known.require("--gpu", "a100-80g"), 64), 1));
        SearchSpace space = WholeSpace.of(job, kinds, FixedChoices.NONE);
        assertThat(first(job, space, Objective.THROUGHPUT).devices()).isEqualTo(kinds.getFirst());
        assertThat(first(job, space, Objective.COST).devices()).isEqualTo(kinds.getLast());
    }

    @Test
    void anInterruptedSearchGivesTheBestSoFar() {
        AtomicLong asked = new AtomicLong();
        SearchControl control = new SearchControl(1, _ -> {}, () -> asked.incrementAndGet() > 300);
        SearchSpace space = space(large(64), 64);
        SearchResult result = LayoutSearch.run(SearchQuestion.of(large(64), Objective.THROUGHPUT, 3), space, control);
        assertThat(result.outcome()).isEqualTo(Outcome.INTERRUPTED);
        assertThat(result.considered()).isLessThan(space.candidates());
        assertThat(result.best()).isNotEmpty();
    }

    @Test
    void progressGrowsToTheWhole() {
        List<SearchControl.Progress> seen = new ArrayList<>();
        SearchSpace space = space(large(64), 64);
        LayoutSearch.run(
                SearchQuestion.of(large(64), Objective.THROUGHPUT, 3),
                space,
                new SearchControl(2, seen::add, () -> false));
        assertThat(seen)
                .extracting(SearchControl.Progress::done)
                .isSorted()
                .last()
                .isEqualTo(space.candidates());
    }

    /// Field by field, since a whole model is long to read.
    private static void assertSame(SearchResult one, SearchResult other, long seed) {
        assertThat(one.rejected()).as("seed %d", seed).isEqualTo(other.rejected());
        assertThat(places(one.best())).as("seed %d", seed).isEqualTo(places(other.best()));
        assertThat(places(one.front())).as("seed %d", seed).isEqualTo(places(other.front()));
        assertThat(one.fitting()).as("seed %d", seed).isEqualTo(other.fitting());
        assertThat(one.considered()).as("seed %d", seed).isEqualTo(other.considered());
        assertThat(one.outcome()).as("seed %d", seed).isEqualTo(other.outcome());
    }

    private static List<List<Number>> places(List<RankedLayout> layouts) {
        return layouts.stream()
                .map(layout ->
                        List.<Number>of(layout.number(), layout.deviceBytes(), layout.stepSeconds(), layout.stepCost()))
                .toList();
    }

    private static RankedLayout first(TrainingJob job, SearchSpace space, Objective objective) {
        return LayoutSearch.run(SearchQuestion.of(job, objective, 1), space, SearchControl.of(1))
                .best()
                .getFirst();
    }

    private static SearchResult search(RandomQuestion asked, Pruning pruning, int threads) {
        PlannedLayouts layouts = new PlannedLayouts(asked.question().job(), asked.space());
        return LayoutSearch.run(
                asked.question(), asked.space(), layouts.rules(), layouts, pruning, SearchControl.of(threads));
    }

    private static TrainingJob large(long globalBatch) {
        return new TrainingJob(
                Models.llama2With70B(),
                Parallelism.NONE,
                new TrainingBatch(globalBatch, 1, 4096),
                TrainingMethod.of(Frameworks.MEGATRON_TE));
    }

    private static SearchSpace space(TrainingJob job, long devices) {
        return WholeSpace.of(
                job,
                List.of(SearchDevices.of(Cluster.of(Devices.builtIn().require("--gpu", "h100"), devices))),
                FixedChoices.NONE);
    }
}
