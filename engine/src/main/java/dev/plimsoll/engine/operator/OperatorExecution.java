package dev.plimsoll.engine.operator;

import dev.plimsoll.engine.device.Rings;
import dev.plimsoll.engine.operator.Embeddings.Missing;
import dev.plimsoll.engine.tensor.Category;
import dev.plimsoll.model.execution.AttentionKernel;
import dev.plimsoll.model.operator.Collective;
import dev.plimsoll.model.operator.DeviceGroup;
import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.rewrite.BackwardStep;
import dev.plimsoll.model.units.Bytes;
import java.util.Optional;

/// Executes operators one at a time, on all workers, in f32.
///
/// Matrix products count their multiply-adds; other arithmetic counts none. Each tensor's bytes count as read or
/// written once for each operator, those of a table only for the rows that are looked up, those of experts only where
/// they were sent a token. Results are the same bit for bit at any number of workers.
public final class OperatorExecution {
    private final Machine machine;
    private final Rings rings;
    private final Embeddings embeddings;
    private final Linears linears;
    private final Normalizations normalizations;
    private final Rotations rotations;
    private final Attentions attentions;
    private final ElementWise elementWise;
    private final Scales scales;
    private final Routers routers;
    private final Experts experts;
    private final GroupedLinears groupedLinears;
    private final Concatenations concatenations;
    private final CrossEntropies crossEntropies;
    private final CollectiveExecution collectives;

    /// Of a device alone.
    ///
    /// @param attentionDropout with what probability an attention's probabilities become zero
    public OperatorExecution(Machine machine, AttentionKernel attention, double attentionDropout) {
        this(machine, attention, attentionDropout, Rings.NONE);
    }

    /// @param rings the groups that the device is in
    public OperatorExecution(Machine machine, AttentionKernel attention, double attentionDropout, Rings rings) {
        this.machine = machine;
        this.rings = rings;
        this.embeddings = new Embeddings(machine, rings.equals(Rings.NONE) ? Missing.REFUSED : Missing.ELSEWHERE);
        this.linears = new Linears(machine);
        this.normalizations = new Normalizations(machine);
        this.rotations = new Rotations(machine);
        this.attentions = new Attentions(machine, attention, attentionDropout);
        this.elementWise = new ElementWise(machine);
        this.scales = new Scales(machine);
        this.routers = new Routers(machine);
        this.experts = new Experts(machine);
        this.groupedLinears = new GroupedLinears(machine);
        this.concatenations = new Concatenations(machine);
        this.crossEntropies = new CrossEntropies(machine);
        this.collectives = new CollectiveExecution(machine, rings, attention, attentionDropout);
    }

    /// What the operators have for their own work, over all workers: part of no peak.
    public Bytes scratch() {
        return machine.memory()
                .held(Category.SCRATCH)
                .plus(new Bytes(
                        machine.products().scratchBytes() + attentions.scratchBytes() + collectives.scratchBytes()));
    }

    /// How many devices are in a group of this one's.
    public int size(DeviceGroup group) {
        return rings.of(group).size();
    }

    /// How long an axis of the operator's outputs is that only the other devices know: rows sent to experts.
    ///
    /// Every device of the group asks, since they tell each other.
    public Optional<ArrivingRows> arriving(Operator operator, ForwardOperands operands) {
        return collectives.arriving(operator, operands);
    }

    /// Writes what the operator writes, and those of its findings that have a tensor.
    ///
    /// @throws dev.plimsoll.model.failure.InputException for an operator that is not executed, or for a row number,
    ///     an expert or a target that there is not
    public void forward(Operator operator, ForwardOperands operands) {
        switch (operator) {
            case Operator.Embedding embedding -> embeddings.forward(embedding, operands);
            case Operator.Linear linear -> linears.forward(linear, operands);
            case Operator.Normalization normalization -> normalizations.forward(normalization, operands);
            case Operator.RotaryEmbedding rotation -> rotations.forward(rotation, operands);
            case Operator.Attention attention -> attentions.forward(attention, operands);
            case Operator.Activation activation -> elementWise.activate(activation, operands);
            case Operator.Multiply multiply -> elementWise.multiply(multiply, operands);
            case Operator.Add add -> elementWise.add(add, operands);
            case Operator.Scale scale -> scales.forward(scale, operands);
            case Operator.Dropout dropout -> scales.drop(dropout, operands);
            case Operator.Router router -> routers.forward(router, operands);
            case Operator.Dispatch dispatch -> experts.dispatch(dispatch, operands);
            case Operator.GroupedLinear linear -> groupedLinears.forward(linear, operands);
            case Operator.Combine combine -> experts.combine(combine, operands);
            case Operator.AddBias bias -> linears.forward(bias, operands);
            case Collective collective -> collectives.forward(collective, operands);
            case Operator.Concatenate concatenate -> concatenations.forward(concatenate, operands);
            case Operator.CrossEntropy loss -> crossEntropies.forward(loss, operands);
            case Operator.TokenSelection _,
                    Operator.Convolution _,
                    Operator.StateSpaceScan _,
                    Operator.DeltaRule _,
                    Operator.TokenPooling _ -> throw Executed.notExecuted(operator.name());
        }
    }

    /// Adds to the gradients that are wanted.
    ///
    /// @throws dev.plimsoll.model.failure.InputException for an operator that is not executed
    public void gradient(BackwardStep.Gradient step, GradientOperands operands) {
        switch (step.operator()) {
            case Operator.Embedding embedding -> embeddings.gradient(embedding, operands);
            case Operator.Linear linear -> linears.gradient(linear, operands);
            case Operator.Normalization normalization -> normalizations.gradient(normalization, operands);
            case Operator.RotaryEmbedding rotation -> rotations.gradient(rotation, operands);
            case Operator.Attention attention -> attentions.gradient(attention, step.reads(), operands);
            case Operator.Activation activation -> elementWise.gradient(activation, operands);
            case Operator.Multiply multiply -> elementWise.gradient(multiply, operands);
            case Operator.Add add -> elementWise.gradient(add, operands);
            case Operator.Scale scale -> scales.gradient(scale, operands);
            case Operator.Dropout dropout -> scales.gradient(dropout, operands);
            case Operator.Router router -> routers.gradient(router, operands);
            case Operator.Dispatch dispatch -> experts.gradient(dispatch, operands);
            case Operator.GroupedLinear linear -> groupedLinears.gradient(linear, operands);
            case Operator.Combine combine -> experts.gradient(combine, operands);
            case Operator.AddBias bias -> linears.gradient(bias, operands);
            case Collective collective -> collectives.gradient(collective, operands);
            case Operator.Concatenate concatenate -> concatenations.gradient(concatenate, operands);
            case Operator.CrossEntropy loss -> crossEntropies.gradient(loss, operands);
            case Operator.TokenSelection _,
                    Operator.Convolution _,
                    Operator.StateSpaceScan _,
                    Operator.DeltaRule _,
                    Operator.TokenPooling _ ->
                throw Executed.notExecuted(step.operator().name());
        }
    }
}
