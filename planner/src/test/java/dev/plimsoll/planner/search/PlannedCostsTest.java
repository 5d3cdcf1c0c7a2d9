package dev.plimsoll.planner.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.plimsoll.model.execution.Parallelism;
import dev.plimsoll.model.execution.Parallelism.PipelineParallel;
import dev.plimsoll.planner.hardware.Cluster;
import dev.plimsoll.planner.memory.MemoryPlan;
import dev.plimsoll.planner.time.Calibration;
import dev.plimsoll.planner.time.Conditions;
import dev.plimsoll.planner.time.ConstantTables;
import dev.plimsoll.planner.time.PipelineTime;
import dev.plimsoll.planner.time.Split;
import dev.plimsoll.planner.time.StageTime;
import dev.plimsoll.planner.time.StepPlan;
import dev.plimsoll.planner.time.StepTime;
import dev.plimsoll.planner.training.Layout;
import dev.plimsoll.planner.training.MicroBatch;
import dev.plimsoll.planner.training.TrainingJob;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// What a search reckons from its tables, beside what the plans of single jobs say.
class PlannedCostsTest {
    private static final int QUESTIONS = 60;
    private static final int CANDIDATES = 25;

    @Test
    void tablesGiveWhatThePlansOfSingleJobsSay() {
        int compared = 0;
        for (long seed = 0; seed < QUESTIONS; seed++) {
            RandomQuestion asked = RandomQuestion.of(seed);
            SearchSpace space = asked.space();
            PlannedLayouts layouts = new PlannedLayouts(asked.question().job(), space);
            Random random = new Random(seed);
            for (int i = 0; i < CANDIDATES; i++) {
                long number = random.nextLong(space.candidates());
                Candidate candidate = Candidate.of(space, number);
                if (refused(candidate, space, layouts.rules())) {
                    continue;
                }
                TrainingJob job = candidate.job(space, asked.question().job());
                SplitCosts costs = costs(candidate, job, layouts);
                Cluster cluster = space.devices().get(candidate.devices()).cluster();
                long bytes = costs.deviceBytes(candidate.microBatch(), candidate.recomputation());
                assertThat(bytes)
                        .as("seed %d, %s", seed, job.parallelism())
                        .isEqualTo(MemoryPlan.of(job).worstStage().device());
                assertThat(costs.stateBytes()).isLessThanOrEqualTo(bytes);
                double seconds = costs.seconds(candidate.microBatch(), candidate.recomputation());
                double planned = closedForm(job, cluster);
                assertThat(seconds).as("seed %d, %s", seed, job).isCloseTo(planned, within(1e-9 * planned));
                assertThat(costs.secondsAtLeast(candidate.microBatch(), candidate.recomputation()))
                        .isLessThanOrEqualTo(seconds * (1 + 1e-9));
                compared++;
            }
        }
        assertThat(compared).isGreaterThan(100);
    }

    @Test
    void whatTheSearchRefusesCannotBeRunAndNothingElse() {
        for (long seed = 0; seed < QUESTIONS; seed++) {
            RandomQuestion asked = RandomQuestion.of(seed);
            SearchSpace space = asked.space();
            LayoutRules rules = new PlannedRules(asked.question().job(), space);
            Random random = new Random(seed);
            for (int i = 0; i < CANDIDATES; i++) {
                long number = random.nextLong(space.candidates());
                Candidate candidate = Candidate.of(space, number);
                Cluster cluster = space.devices().get(candidate.devices()).cluster();
                if (replicas(candidate, space) == 0) {
                    assertThat(refused(candidate, space, rules)).isTrue();
                    continue;
                }
                if (shards(candidate, space) == 0) {
                    continue;
                }
                TrainingJob job = candidate.job(space, asked.question().job());
                assertThat(refused(candidate, space, rules))
                        .as("seed %d, %s: %s", seed, job.parallelism(), Layout.check(job, cluster.devices()))
                        .isEqualTo(!Layout.check(job, cluster.devices()).isEmpty());
            }
        }
    }

    private static long replicas(Candidate candidate, SearchSpace space) {
        long group = (long) space.tensor().get(candidate.tensor()).degree()
                * space.context().get(candidate.context()).degree()
                * space.pipelines().get(candidate.pipeline()).degree();
        long devices = space.devices().get(candidate.devices()).cluster().devices();
        return devices % group == 0 ? devices / group : 0;
    }

    private static int shards(Candidate candidate, SearchSpace space) {
        long stride = (long) space.tensor().get(candidate.tensor()).degree()
                * space.context().get(candidate.context()).degree();
        return space.shardings()
                .get(candidate.sharding())
                .shards(
                        (int) replicas(candidate, space),
                        stride,
                        space.devices().get(candidate.devices()).cluster());
    }

    /// As the search does, in one place.
    private static boolean refused(Candidate candidate, SearchSpace space, LayoutRules rules) {
        long replicas = replicas(candidate, space);
        if (replicas == 0
                || rules.split(candidate.tensor(), candidate.context()).isPresent()
                || rules.experts(candidate.experts()).isPresent()
                || rules.pipeline(candidate.pipeline()).isPresent()) {
            return true;
        }
        PipelineParallel pipeline = space.pipelines().get(candidate.pipeline());
        long stride = (long) space.tensor().get(candidate.tensor()).degree()
                * space.context().get(candidate.context()).degree();
        long experts = (long) space.experts().get(candidate.experts()).degree()
                * space.experts().get(candidate.experts()).tensorDegree();
        long atOnce = replicas * space.microBatches().get(candidate.microBatch());
        return stride * replicas % experts != 0
                || rules.globalBatch() % atOnce != 0
                || (pipeline.chunks() > 1 && rules.globalBatch() / atOnce % pipeline.degree() != 0)
                || shards(candidate, space) == 0;
    }

    private static SplitCosts costs(Candidate candidate, TrainingJob job, LayoutCosts layouts) {
        SplitCosts costs = layouts.of(candidate.devices(), candidate.tensor(), candidate.context())
                .of(candidate.experts());
        costs.pipeline(candidate.pipeline(), job.parallelism().data().degree());
        costs.sharding(candidate.sharding(), job.parallelism().data().shards());
        return costs;
    }

    /// A step by the closed form of its pipeline, whatever its length.
    private static double closedForm(TrainingJob job, Cluster cluster) {
        StepPlan plan = StepPlan.of(job, cluster);
        Calibration calibration =
                Calibration.of(job.model(), job.method(), cluster.accelerator(), ConstantTables.shipped());
        Parallelism layout = job.parallelism();
        Conditions conditions = calibration.conditions(cluster, layout);
        MicroBatch batch = new MicroBatch(job.batch().microBatch(), job.batch().sequenceLength());
        double elements = PipelineTime.hopElements(job.model(), new Split(layout, batch, 1));
        double hop = conditions.rings().pipeline().send(elements * conditions.elementBytes())
                * conditions.exposure().pipeline();
        StageTime[] stages = plan.stages().toArray(StageTime[]::new);
        double pipeline = PipelineTime.seconds(
                stages, layout.pipeline().schedule(), layout.pipeline().chunks(), job.microBatches(), hop);
        return StepTime.of(stages, job.microBatches(), pipeline, calibration.rules(cluster, layout))
                .seconds();
    }
}
