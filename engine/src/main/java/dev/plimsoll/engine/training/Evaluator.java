package dev.plimsoll.engine.training;

import dev.plimsoll.engine.meter.Work;
import dev.plimsoll.engine.operator.Machine;
import dev.plimsoll.engine.operator.OperatorExecution;
import dev.plimsoll.engine.random.CounterBased;
import dev.plimsoll.engine.tensor.Tensor;
import dev.plimsoll.model.execution.Optimizer;
import dev.plimsoll.model.execution.TrainingExecution;
import dev.plimsoll.model.rewrite.TrainingProgram;

/// Runs a model forward alone: executes a [TrainingProgram] that trains nothing, and observes what it holds and does.
///
/// Its memory follows the rules of the way forward that [Trainer] follows; nothing is kept for a way back. To be used by
/// one thread.
public final class Evaluator implements AutoCloseable {
    private final TrainingSetup setup;
    private final ParameterStore parameters;

    private Evaluator(TrainingSetup setup, ParameterStore parameters) {
        this.setup = setup;
        this.parameters = parameters;
    }

    /// Allocates and fills the weights.
    ///
    /// @param model its name, for messages
    /// @throws dev.plimsoll.model.failure.InputException where an operator is not executed yet, a parameter is missing or
    ///     of other dimensions or no number, or memory does not suffice; nothing is held then
    /// @throws IllegalArgumentException for a program that trains something
    public static Evaluator start(String model, TrainingProgram program, ParameterSource source, Machine machine) {
        TrainingExecution how = program.execution();
        if (how.trained() != TrainingExecution.Trained.NOTHING) {
            throw new IllegalArgumentException("an evaluation trains nothing, not " + how.trained());
        }
        Trainer.requireExecuted(model, program);
        Recorder recorder = new Recorder(machine);
        // No parameter is trained, so none has a state of this optimizer's.
        ParameterStore parameters = ParameterStore.of(program, new Optimizer.GradientDescent(0), source, recorder);
        OperatorExecution execution =
                new OperatorExecution(machine, how.attention(), how.dropout().attention());
        return new Evaluator(TrainingSetup.of(program, parameters, execution, recorder), parameters);
    }

    /// The elements of the last block's first output, for example `[b, s, h]` of an encoder.
    ///
    /// @throws dev.plimsoll.model.failure.InputException where a batch does not fit the model
    public float[] run(Batch batch) {
        BatchCheck.require(setup.program(), batch);
        setup.recorder().startStep();
        MicroBatch microBatch = new MicroBatch(setup, batch, new CounterBased(0));
        try {
            Tensor output = new ForwardPass(microBatch).run();
            float[] elements = new float[output.elements()];
            output.load(0, elements, 0, elements.length, Work.ignored());
            return elements;
        } finally {
            microBatch.close();
        }
    }

    /// What was observed of the latest run.
    public Observation observation() {
        return setup.recorder().observation(setup.execution().scratch());
    }

    /// Releases everything.
    @Override
    public void close() {
        parameters.release();
    }
}
