package dev.plimsoll.verification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.engine.kernel.Kernels;
import dev.plimsoll.engine.training.DistributedJob;
import dev.plimsoll.model.architecture.Block;
import dev.plimsoll.model.execution.Parallelism.ContextExchange;
import dev.plimsoll.model.execution.Parallelism.PipelineSchedule;
import dev.plimsoll.model.execution.Parallelism.SequenceSplit;
import dev.plimsoll.model.execution.Parallelism.Sharding;
import dev.plimsoll.model.operator.ActivationFunction;
import dev.plimsoll.model.operator.Collective;
import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.rewrite.BackwardStep;
import dev.plimsoll.model.rewrite.BlockBackward;
import dev.plimsoll.model.rewrite.DeviceProgram;
import dev.plimsoll.model.rewrite.ParameterPart;
import dev.plimsoll.model.rewrite.TrainingProgram;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// One mistake planted among devices for each class: each is found, and where it was made.
@Timeout(60)
class DistributedMutationTest {
    private static final Split TENSOR = new Split().tensor(2, SequenceSplit.WHOLE);
    private static final Split SEQUENCE = new Split().tensor(2, SequenceSplit.SPLIT);

    @Test
    void nothingDiffersBeforeAMistakeIsMade() {
        assertThat(differences(question(TENSOR), UnaryOperator.identity())).isEmpty();
        assertThat(differences(question(SEQUENCE), UnaryOperator.identity())).isEmpty();
    }

    @Test
    void aForgottenSumOverDevicesIsFoundInWhatIsSentAndInTheValues() {
        assertThat(differences(question(TENSOR), device -> edited(device, DistributedMutationTest::withoutSum)))
                .contains("device 0 sent all-reduce tensor", "device 1 sent all-reduce tensor")
                .contains("further than 1e-5 from one device's: loss", "further than 1e-5 from one device's: gradients")
                .doesNotContain("device 0 weights", "device 1 kept at most");
    }

    @Test
    void aSumThatOneDeviceForgetsStopsAll() {
        DistributedQuestion question = question(TENSOR);
        DistributedJob job = mutated(
                question, device -> device.rank() == 1 ? edited(device, DistributedMutationTest::withoutSum) : device);
        assertThatThrownBy(() -> DistributedMeasurement.of(question, job, Kernels.best()))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aCopyWhoseGradientsAreNotSummedIsFound() {
        assertThat(differences(question(TENSOR), device -> edited(device, DistributedMutationTest::withoutCopy)))
                .contains("device 0 sent all-reduce tensor", "further than 1e-5 from one device's: gradients")
                .doesNotContain("further than 1e-5 from one device's: loss");
    }

    @Test
    void gradientsOfNormsThatAreNotSummedAreFound() {
        assertThat(differences(
                        question(SEQUENCE),
                        device -> new DeviceProgram(
                                device.rank(),
                                device.parallelism(),
                                device.chunks(),
                                device.parameters(),
                                List.of(),
                                device.keyValueHeads())))
                .contains("device 0 sent all-reduce tensor", "further than 1e-5 from one device's: gradients")
                .doesNotContain("further than 1e-5 from one device's: loss", "device 0 sent all-gather tensor");
    }

    /// The second device has the first one's part of every matrix: nothing that is counted differs.
    @Test
    void aDoubledPartIsFoundInTheValuesAlone() {
        assertThat(differences(
                        question(TENSOR),
                        device -> new DeviceProgram(
                                device.rank(),
                                device.parallelism(),
                                device.chunks(),
                                device.parameters().stream()
                                        .map(DistributedMutationTest::fromTheStart)
                                        .toList(),
                                device.sums(),
                                device.keyValueHeads())))
                .isNotEmpty()
                .allMatch(name -> name.startsWith("further than 1e-5"));
    }

    @Test
    void theTokensOfOtherDevicesCountedAsKeptAreFound() {
        assertThat(predictedAs(question(SEQUENCE), question(TENSOR)))
                .contains(
                        "device 0 kept at most",
                        "device 0 sent all-gather tensor",
                        "device 1 sent reduce-scatter tensor")
                .doesNotContain("device 0 weights", "device 0 gradients");
    }

    @Test
    void aLevelOfSharingIsFoundInGradientsAndWhatIsSent() {
        Split two = new Split().data(2, Sharding.GRADIENTS);
        assertThat(predictedAs(question(two), question(new Split().data(2, Sharding.OPTIMIZER))))
                .contains("device 0 gradients")
                .doesNotContain("device 0 optimizer states", "device 0 weights");
        assertThat(predictedAs(question(two), question(new Split().data(2, Sharding.WEIGHTS))))
                .contains("device 0 weights", "device 1 sent all-gather data")
                .doesNotContain("device 0 gradients", "device 0 optimizer states");
    }

    @Test
    void anotherScheduleIsFoundInWhatIsKeptAndNotInWhatIsSent() {
        Split oneByOne = new Split().pipeline(2, 1, PipelineSchedule.ONE_FORWARD_ONE_BACKWARD);
        Split allFirst = new Split().pipeline(2, 1, PipelineSchedule.GPIPE);
        assertThat(predictedAs(question(oneByOne), question(allFirst)))
                .contains("device 0 kept at most", "device 1 kept at most")
                .noneMatch(name -> name.contains("sent"));
    }

    @Test
    void anotherExchangeOfContextIsFoundInWhatIsSent() {
        Split ring = new Split().context(2, ContextExchange.RING);
        Split heads = new Split().context(2, ContextExchange.ALL_TO_ALL);
        assertThat(predictedAs(question(ring), question(heads)))
                .contains("device 0 sent send context", "device 0 sent all-to-all context")
                .doesNotContain("device 0 weights", "device 0 sent all-reduce data");
    }

    private static Operator withoutSum(Operator operator) {
        return operator instanceof Collective.AllReduce sum
                ? new Operator.Activation(
                        sum.name(), sum.role(), sum.input(), ActivationFunction.IDENTITY, List.of(), sum.output())
                : operator;
    }

    private static Operator withoutCopy(Operator operator) {
        return operator instanceof Collective.Copy copy
                ? new Operator.Activation(
                        copy.name(), copy.role(), copy.input(), ActivationFunction.IDENTITY, List.of(), copy.output())
                : operator;
    }

    private static ParameterPart fromTheStart(ParameterPart part) {
        return new ParameterPart(
                part.tensor(),
                part.part(),
                part.whole(),
                part.slices().stream()
                        .map(slice -> new ParameterPart.Slice(slice.axis(), 0, slice.size()))
                        .toList(),
                part.replicas());
    }

    private static DeviceProgram edited(DeviceProgram device, UnaryOperator<Operator> mistake) {
        List<DeviceProgram.Chunk> chunks = new ArrayList<>();
        for (DeviceProgram.Chunk chunk : device.chunks()) {
            List<TrainingProgram.Step> blocks = chunk.program().blocks().stream()
                    .map(step -> edited(step, mistake))
                    .toList();
            chunks.add(new DeviceProgram.Chunk(
                    chunk.number(), new TrainingProgram(blocks, chunk.program().execution())));
        }
        return new DeviceProgram(
                device.rank(),
                device.parallelism(),
                chunks,
                device.parameters(),
                device.sums(),
                device.keyValueHeads());
    }

    private static TrainingProgram.Step edited(TrainingProgram.Step step, UnaryOperator<Operator> mistake) {
        Block block = step.block();
        List<Operator> operators = block.operators().stream().map(mistake).toList();
        List<BackwardStep> steps = step.backward().steps().stream()
                .<BackwardStep>map(backward -> switch (backward) {
                    case BackwardStep.Rerun(Operator operator) -> new BackwardStep.Rerun(mistake.apply(operator));
                    case BackwardStep.Gradient gradient ->
                        new BackwardStep.Gradient(
                                mistake.apply(gradient.operator()),
                                gradient.inputs(),
                                gradient.parameters(),
                                gradient.reads());
                })
                .toList();
        return new TrainingProgram.Step(
                step.label(),
                new Block(block.name(), block.inputs(), block.parameters(), operators, block.outputs()),
                step.layer(),
                new BlockBackward(step.backward().kept(), steps, step.backward().inputGradients()));
    }

    private static DistributedJob mutated(DistributedQuestion question, UnaryOperator<DeviceProgram> mistake) {
        DistributedJob job = question.job();
        return new DistributedJob(
                job.model(), job.whole(), job.devices().stream().map(mistake).toList());
    }

    private static List<String> differences(DistributedQuestion question, UnaryOperator<DeviceProgram> mistake) {
        return names(
                DistributedVerifier.compared(question, question.job(), mutated(question, mistake), Kernels.best()));
    }

    /// What differs when the planner is asked about another split than the one that is executed.
    private static List<String> predictedAs(DistributedQuestion predicted, DistributedQuestion executed) {
        return names(DistributedVerifier.compared(executed, predicted.job(), executed.job(), Kernels.best()));
    }

    private static List<String> names(List<Compared> rows) {
        return rows.stream().filter(row -> !row.isExact()).map(Compared::name).toList();
    }

    /// A shrunk LLaMA whose axes any of the splits divides, in f32, so that values are compared.
    private static DistributedQuestion question(Split split) {
        Split most = new Split().tensor(2, SequenceSplit.SPLIT).context(2, ContextExchange.ALL_TO_ALL);
        DistributedQuestion shrunk = DistributedQuestions.verifier(most.parallelism(), 1, 4)
                .shrunkQuestions("llama-3.1-8b", Models.read("llama-3.1-8b"))
                .getFirst();
        return new DistributedQuestion(
                shrunk.model(), shrunk.transformer(), shrunk.plan(), split.parallelism(), shrunk.batch());
    }
}
