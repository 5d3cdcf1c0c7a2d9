package dev.plimsoll.planner.search;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.model.execution.Parallelism;
import dev.plimsoll.planner.Models;
import dev.plimsoll.planner.framework.Frameworks;
import dev.plimsoll.planner.hardware.Accelerator;
import dev.plimsoll.planner.hardware.Cluster;
import dev.plimsoll.planner.hardware.catalogue.Devices;
import dev.plimsoll.planner.training.TrainingBatch;
import dev.plimsoll.planner.training.TrainingJob;
import dev.plimsoll.planner.training.TrainingMethod;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LayoutSolverTest {
    private static final Accelerator H100 = Devices.builtIn().require("--gpu", "h100");
    private static final TrainingJob JOB = job(4096);
    private static final LayoutSolver SOLVER = LayoutSolver.of(JOB, FixedChoices.NONE, SearchControl.of(2));

    @Test
    void theFewestDevicesAreEnoughAndNoSmallerClusterIs() {
        Solved solved = SOLVER.fewestDevices(H100, 1, 1024).orElseThrow();
        assertThat(solved.layout().deviceBytes()).isLessThanOrEqualTo(capacity());
        assertThat(solved.value()).isIn(1L, 2L, 4L, 8L);
        for (long fewer = 1; fewer < solved.value(); fewer++) {
            assertThat(fits(JOB, FixedChoices.NONE, fewer)).isFalse();
        }
    }

    @Test
    void fewerDevicesThanAllowedAreNoAnswer() {
        assertThat(SOLVER.fewestDevices(H100, 1, 1)).isEmpty();
    }

    @Test
    void theLargestMicroBatchFitsAndTheNextDivisorDoesNot() {
        SearchDevices devices = devices(8);
        Solved solved = SOLVER.largestMicroBatch(devices).orElseThrow();
        assertThat(JOB.batch().globalBatch() % solved.value()).isZero();
        assertThat(solved.layout().job().batch().microBatch()).isEqualTo(solved.value());
        for (long larger = solved.value() + 1; larger <= JOB.batch().globalBatch(); larger++) {
            if (JOB.batch().globalBatch() % larger == 0) {
                assertThat(fits(JOB, FixedChoices.NONE.withMicroBatch(larger), 8))
                        .isFalse();
            }
        }
    }

    @Test
    void theLongestSequenceIsTheLastOfAWalk() {
        SearchDevices devices = devices(4);
        long longest = 0;
        for (long length = LayoutSolver.GRANULE; ; length += LayoutSolver.GRANULE) {
            if (!fitsAt(length, devices)) {
                break;
            }
            longest = length;
        }
        Optional<Solved> solved = SOLVER.longestSequence(devices);
        assertThat(solved.orElseThrow().value()).isEqualTo(longest);
        assertThat(solved.orElseThrow().layout().job().batch().sequenceLength()).isEqualTo(longest);
    }

    /// By layouts whose degrees divide the granule, as the solver has it.
    private static boolean fitsAt(long length, SearchDevices devices) {
        SearchSpace space = WholeSpace.of(job(length), List.of(devices), FixedChoices.NONE);
        PlannedLayouts layouts = new PlannedLayouts(job(length), space);
        LayoutRules rules = new PlannedRules(job(LayoutSolver.GRANULE), space);
        SearchResult result = LayoutSearch.run(
                SearchQuestion.of(job(length), Objective.MEMORY, 1),
                space,
                rules,
                layouts,
                SplitSearch.Pruning.NONE,
                SearchControl.of(2));
        return result.fitting() > 0;
    }

    private static boolean fits(TrainingJob job, FixedChoices fixed, long devices) {
        SearchSpace space = WholeSpace.of(job, List.of(devices(devices)), fixed);
        return LayoutSearch.run(SearchQuestion.of(job, Objective.MEMORY, 1), space, SearchControl.of(2))
                        .fitting()
                > 0;
    }

    private static TrainingJob job(long length) {
        return new TrainingJob(
                Models.llama31With8B(),
                Parallelism.NONE,
                new TrainingBatch(16, 1, length),
                TrainingMethod.of(Frameworks.MEGATRON_TE));
    }

    private static SearchDevices devices(long count) {
        return SearchDevices.of(Cluster.of(H100, count));
    }

    private static long capacity() {
        return devices(1).capacity();
    }
}
