package dev.plimsoll.planner.time;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.plimsoll.model.architecture.Transformer;
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
import dev.plimsoll.model.execution.Recomputation;
import dev.plimsoll.model.execution.Recomputation.Piece;
import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.units.Provenance;
import dev.plimsoll.planner.Models;
import dev.plimsoll.planner.framework.FrameworkProfile;
import dev.plimsoll.planner.framework.Frameworks;
import dev.plimsoll.planner.hardware.Accelerator;
import dev.plimsoll.planner.hardware.Cluster;
import dev.plimsoll.planner.hardware.catalogue.Devices;
import dev.plimsoll.planner.result.Arithmetic;
import dev.plimsoll.planner.result.Explanation;
import dev.plimsoll.planner.training.TrainingBatch;
import dev.plimsoll.planner.training.TrainingJob;
import dev.plimsoll.planner.training.TrainingMethod;
import dev.plimsoll.planner.training.TrainingMethod.MatrixArithmetic;
import java.util.List;
import org.junit.jupiter.api.Test;

class StepPlanTest {
    private static final Devices DEVICES = Devices.builtIn();
    private static final Transformer SMALL = MeasuredModels.of("llama", 8, 2048, 5632, 16, 8, 32000, 2048);
    private static final TrainingMethod MEGATRON = TrainingMethod.of(Frameworks.MEGATRON_TE);

    @Test
    void theLinesAddUpToTheStep() {
        StepPlan plan = plan(SMALL, MEGATRON, layout(2, 1, 2, 1, 2), 16, "h100");
        StepTime time = plan.time();
        assertThat(time.computing()
                        + time.rerun()
                        + time.communication()
                        + time.gathering()
                        + time.bubble()
                        + time.reducing()
                        + time.optimizer()
                        + time.overhead())
                .isCloseTo(plan.seconds(), within(1e-12));
        assertThat(time.communication()).isPositive();
        assertThat(time.bubble()).isPositive();
        assertThat(plan.low()).isLessThan(plan.seconds());
        assertThat(plan.high()).isGreaterThan(plan.seconds());
    }

    @Test
    void everyExplanationIsArithmeticThatComesToItsValue() {
        List<Explanation> lines =
                plan(SMALL, MEGATRON, layout(2, 1, 2, 1, 2), 16, "h100").explanations();
        assertThat(lines).hasSize(6);
        for (Explanation line : lines) {
            assertThat(Arithmetic.evaluate(line.substituted()).doubleValue())
                    .as(line.topic())
                    .isCloseTo(
                            line.value().doubleValue(),
                            within(1e-12 * line.value().doubleValue()));
        }
    }

    @Test
    void aStepOfTwiceTheMicroBatchesTakesTwiceAsLongButForWhatIsOnceAStep() {
        StepPlan once = plan(SMALL, MEGATRON, layout(1, 1, 1, 1, 1), 8, "h100");
        StepPlan twice = plan(SMALL, MEGATRON, layout(1, 1, 1, 1, 1), 16, "h100");
        assertThat(twice.time().computing()).isCloseTo(2 * once.time().computing(), within(1e-9));
        assertThat(twice.time().optimizer()).isEqualTo(once.time().optimizer());
    }

    @Test
    void splittingMatricesSharesTheProductsAndCostsCollectives() {
        StepPlan whole = plan(SMALL, MEGATRON, layout(1, 1, 1, 1, 1), 8, "h100");
        StepPlan split = plan(SMALL, MEGATRON, layout(4, 1, 1, 1, 1), 8, "h100");
        assertThat(split.time().computing())
                .isBetween(whole.time().computing() / 4, whole.time().computing());
        assertThat(whole.time().communication()).isZero();
        assertThat(split.time().communication()).isPositive();
        assertThat(split.utilisation().modelFlops())
                .isEqualTo(whole.utilisation().modelFlops());
    }

    @Test
    void fullRecomputationTakesAnotherForward() {
        StepPlan none = plan(SMALL, MEGATRON, layout(1, 1, 1, 1, 1), 8, "h100");
        TrainingMethod again = MEGATRON.withRecomputation(Recomputation.everywhere(Piece.LAYER));
        StepPlan full = plan(SMALL, again, layout(1, 1, 1, 1, 1), 8, "h100");
        assertThat(full.time().rerun())
                .isBetween(0.2 * none.time().computing(), 0.5 * none.time().computing());
        assertThat(full.utilisation().hfu() / full.utilisation().mfu()).isBetween(1.2, 4 / 3.0);
        assertThat(none.utilisation().hfu()).isEqualTo(none.utilisation().mfu());
    }

    @Test
    void chunksAndPuttingOffWeightGradientsShrinkTheBubble() {
        double plain = bubble(1, PipelineSchedule.ONE_FORWARD_ONE_BACKWARD);
        assertThat(bubble(2, PipelineSchedule.ONE_FORWARD_ONE_BACKWARD)).isLessThan(plain);
        assertThat(bubble(1, PipelineSchedule.ZERO_BUBBLE)).isLessThan(plain);
        assertThat(bubble(1, PipelineSchedule.GPIPE)).isGreaterThanOrEqualTo(plain - 1e-9);
    }

    private static double bubble(int chunks, PipelineSchedule schedule) {
        Parallelism base = layout(1, 1, 4, 1, 1);
        Parallelism layout = new Parallelism(
                base.tensor(),
                base.context(),
                base.expert(),
                new PipelineParallel(4, chunks, schedule, List.of()),
                base.data());
        return plan(SMALL, MEGATRON, layout, 16, "h100").time().bubble();
    }

    @Test
    void contextAndExpertsCommunicate() {
        assertThat(plan(SMALL, MEGATRON, layout(1, 2, 1, 1, 1), 8, "h100")
                        .time()
                        .communication())
                .isPositive();
        StepPlan experts = plan(Models.mixtral8x7B(), MEGATRON, layout(1, 1, 1, 8, 8), 8, "h100");
        assertThat(experts.time().communication()).isPositive();
    }

    @Test
    void sharedWeightsAreGatheredAndReplicasReduce() {
        TrainingMethod fsdp = TrainingMethod.of(Frameworks.named("fsdp"));
        Parallelism shared = new Parallelism(
                layout(1, 1, 1, 1, 1).tensor(),
                layout(1, 1, 1, 1, 1).context(),
                layout(1, 1, 1, 1, 1).expert(),
                layout(1, 1, 1, 1, 1).pipeline(),
                new DataParallel(16, 8, Sharding.WEIGHTS));
        StepPlan plan = plan(SMALL, fsdp, shared, 16, "h100");
        assertThat(plan.time().gathering()).isPositive();
        assertThat(plan.time().reducing()).isPositive();
    }

    @Test
    void everyFrameworkOnEveryDeviceGetsAnAnswer() {
        for (Accelerator device : DEVICES.accelerators().values()) {
            for (FrameworkProfile profile : Frameworks.all()) {
                for (MatrixArithmetic arithmetic : MatrixArithmetic.values()) {
                    TrainingMethod method = TrainingMethod.of(profile).withArithmetic(arithmetic);
                    StepPlan plan = plan(SMALL, method, layout(2, 1, 2, 1, 2), 16, device.name());
                    assertThat(plan.seconds())
                            .as(device.name() + " " + profile.name())
                            .isPositive()
                            .isFinite();
                    assertThat(plan.utilisation().hfu())
                            .as(device.name() + " " + profile.name())
                            .isLessThan(1);
                }
            }
        }
    }

    @Test
    void whatWasNotMeasuredIsAssumedAndItsIntervalWide() {
        StepPlan measured =
                plan(SMALL, MEGATRON.withArithmetic(MatrixArithmetic.FP8), layout(1, 1, 1, 1, 1), 8, "h100");
        StepPlan assumed = plan(SMALL, MEGATRON, layout(1, 1, 1, 1, 1), 8, "mi300x");
        assertThat(assumed.provenance()).isEqualTo(Provenance.ASSUMED);
        assertThat(assumed.high() / assumed.seconds()).isGreaterThan(measured.high() / measured.seconds());
    }

    @Test
    void aMeasuredStepSaysWhatSeparatesItFromThePrediction() {
        StepPlan plan = plan(SMALL, MEGATRON, layout(1, 1, 1, 1, 1), 8, "h100");
        MeasuredStep measured = new MeasuredStep(plan, 2 * plan.seconds());
        assertThat(measured.ratio()).isEqualTo(2);
        assertThat(measured.unexplained()).isCloseTo(plan.seconds(), within(1e-12));
        assertThat(measured.isExpected()).isFalse();
        assertThat(measured.atPeak()).isLessThan(plan.seconds());
        assertThat(measured.utilisation(plan.utilisation().convention()).mfu())
                .isCloseTo(plan.utilisation().mfu() / 2, within(1e-12));
        double speed = plan.tokensPerSecondPerDevice();
        assertThat(MeasuredStep.ofSpeed(plan, speed).ratio()).isCloseTo(1, within(1e-12));
        assertThatThrownBy(() -> new MeasuredStep(plan, 0)).isInstanceOf(InputException.class);
    }

    @Test
    void anOptimizerOnTheHostWaitsForTheLink() {
        TrainingMethod.Offload host = new TrainingMethod.Offload(
                TrainingMethod.Offload.Place.HOST,
                TrainingMethod.Offload.Place.DEVICE,
                TrainingMethod.Offload.Place.DEVICE);
        StepPlan here = plan(SMALL, MEGATRON, layout(1, 1, 1, 1, 1), 8, "h100");
        StepPlan there = plan(SMALL, MEGATRON.withOffload(host), layout(1, 1, 1, 1, 1), 8, "h100");
        assertThat(there.time().optimizer()).isGreaterThan(here.time().optimizer());
        assertThat(there.notModelled()).contains("the update itself, on the host's processor");
    }

    @Test
    void aLayoutForOtherDevicesIsRefused() {
        TrainingJob job = new TrainingJob(SMALL, layout(2, 1, 1, 1, 1), new TrainingBatch(8, 1, 2048), MEGATRON);
        Cluster cluster = Cluster.of(DEVICES.require("gpu", "h100"), 8);
        assertThatThrownBy(() -> StepPlan.of(job, cluster)).isInstanceOf(InputException.class);
    }

    @Test
    void aUtilisationGivesAStep() {
        Utilisation utilisation =
                plan(SMALL, MEGATRON, layout(1, 1, 1, 1, 1), 8, "h100").utilisation();
        assertThat(utilisation.secondsAt(utilisation.mfu())).isCloseTo(utilisation.seconds(), within(1e-12));
        assertThat(utilisation.secondsAtSpeed(utilisation.modelFlopsPerSecond()))
                .isCloseTo(utilisation.seconds(), within(1e-12));
    }

    private static StepPlan plan(
            Transformer model, TrainingMethod method, Parallelism layout, long batch, String device) {
        TrainingJob job = new TrainingJob(model, layout, new TrainingBatch(batch, 1, 2048), method);
        return StepPlan.of(job, Cluster.of(DEVICES.require("gpu", device), layout.devices()));
    }

    private static Parallelism layout(int tensor, int context, int stages, int experts, int data) {
        return new Parallelism(
                new TensorParallel(tensor, tensor > 1 ? SequenceSplit.SPLIT : SequenceSplit.WHOLE),
                new ContextParallel(context, ContextExchange.RING),
                new ExpertParallel(experts, 1),
                new PipelineParallel(stages, 1, PipelineSchedule.ONE_FORWARD_ONE_BACKWARD, List.of()),
                new DataParallel(data, data, Sharding.OPTIMIZER));
    }
}
