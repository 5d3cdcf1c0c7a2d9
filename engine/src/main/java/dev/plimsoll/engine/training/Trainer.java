package dev.plimsoll.engine.training;

import dev.plimsoll.engine.operator.Executed;
import dev.plimsoll.engine.operator.Machine;
import dev.plimsoll.engine.operator.OperatorExecution;
import dev.plimsoll.engine.random.CounterBased;
import dev.plimsoll.model.architecture.Block;
import dev.plimsoll.model.execution.Optimizer;
import dev.plimsoll.model.execution.TrainingExecution;
import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.operator.Value;
import dev.plimsoll.model.rewrite.TrainingProgram;
import dev.plimsoll.model.units.Text;
import java.util.List;

/// Trains a model: executes a [TrainingProgram] on batches, and observes what it holds and does.
///
/// Its memory follows six rules, each stated where it is executed: states before the step ([ParameterStore]), the
/// batch's inputs, lifetimes on the way forward, what is run again, lifetimes on the way back, and the
/// optimizer's step. What kernels work in is scratch, and no part of a peak.
///
/// To be used by one thread. Results are the same bit for bit at any number of workers.
public final class Trainer implements AutoCloseable {
    private final Recorder recorder;
    private final ParameterStore parameters;
    private final TrainingSetup setup;
    private final Optimizer optimizer;
    private final OptimizerStep optimizerStep;
    private final CounterBased random;
    private long steps;

    private Trainer(TrainingSetup setup, ParameterStore parameters, Optimizer optimizer, Machine machine, long seed) {
        this.setup = setup;
        this.recorder = setup.recorder();
        this.parameters = parameters;
        this.optimizer = optimizer;
        this.optimizerStep = new OptimizerStep(machine, optimizer);
        this.random = new CounterBased(seed);
    }

    /// Allocates and fills what is held before the first step.
    ///
    /// @param model its name, for messages
    /// @param seed of dropout
    /// @throws InputException where an operator or the optimizer is not executed yet, nothing is trained, a parameter is missing or of
    ///     other dimensions or no number, or memory does not suffice; nothing is held then
    public static Trainer start(
            String model,
            TrainingProgram program,
            Optimizer optimizer,
            ParameterSource source,
            Machine machine,
            long seed) {
        requireExecuted(model, program);
        if (program.blocks().getLast().backward().steps().isEmpty()) {
            throw InputException.usage(
                    Text.printable(model) + ": found no trained parameter, expected at least one",
                    "Train everything, or add adapters.");
        }
        if (!optimizer.isElementwise()) {
            throw Update.notExecuted(optimizer);
        }
        Recorder recorder = new Recorder(machine);
        ParameterStore parameters = ParameterStore.of(program, optimizer, source, recorder);
        TrainingExecution how = program.execution();
        OperatorExecution execution =
                new OperatorExecution(machine, how.attention(), how.dropout().attention());
        TrainingSetup setup = TrainingSetup.of(program, parameters, execution, recorder);
        return new Trainer(setup, parameters, optimizer, machine, seed);
    }

    /// @throws InputException where an operator is not executed yet, or reads what an earlier block wrote
    static void requireExecuted(String model, TrainingProgram program) {
        for (int number = 0; number < program.blocks().size(); number++) {
            Block block = program.blocks().get(number).block();
            block.operators().forEach(operator -> Executed.require(model, operator));
            // Of the first block all inputs are the batch's, of the others all but the stream.
            int streams = number == 0 ? 0 : 1;
            for (Value input : block.inputs().subList(streams, block.inputs().size())) {
                if (input.content() != Value.Content.INDEX) {
                    throw InputException.unsupported(
                            "%s: %s: found the input %s of an earlier block, expected only the block before to be read; "
                                            .formatted(
                                                    Text.printable(model),
                                                    Text.printable(block.name()),
                                                    Text.printable(input.name()))
                                    + "others are not executed yet",
                            "Choose a model without it.");
                }
            }
        }
    }

    /// One training step: gradients of the mean loss of the micro-batches, then the optimizer's change of the weights.
    /// Gives the mean loss, from before the change.
    ///
    /// @throws InputException where a batch does not fit the model; nothing is changed then
    public float step(List<Batch> microBatches) {
        float loss = gradients(microBatches);
        optimizerStep.run(parameters, optimizer, steps);
        return loss;
    }

    public float step(Batch batch) {
        return step(List.of(batch));
    }

    /// The first part of a step: leaves gradients in the parameters, and the weights as they are.
    ///
    /// @throws InputException where a batch does not fit the model
    public float gradients(List<Batch> microBatches) {
        if (microBatches.isEmpty()) {
            throw new IllegalArgumentException("a step needs at least one micro-batch");
        }
        microBatches.forEach(batch -> BatchCheck.require(setup.program(), batch));
        steps++;
        recorder.startStep();
        optimizerStep.clearGradients(parameters);
        double sum = 0;
        for (int i = 0; i < microBatches.size(); i++) {
            MicroBatch microBatch =
                    new MicroBatch(setup, microBatches.get(i), random.at(steps).at(i));
            try {
                sum += new ForwardPass(microBatch).run().floats()[0];
                new BackwardPass(microBatch).run(1f / microBatches.size());
            } finally {
                microBatch.close();
            }
            optimizerStep.moveToCopies(parameters);
        }
        return (float) (sum / microBatches.size());
    }

    /// What was observed of the latest step.
    public Observation observation() {
        return recorder.observation(setup.execution().scratch());
    }

    public ParameterStore parameters() {
        return parameters;
    }

    /// Releases everything.
    @Override
    public void close() {
        parameters.release();
    }
}
