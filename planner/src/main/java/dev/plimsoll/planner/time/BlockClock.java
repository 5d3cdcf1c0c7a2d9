package dev.plimsoll.planner.time;

import dev.plimsoll.model.execution.Parallelism.SequenceSplit;
import dev.plimsoll.model.operator.Collective;
import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.operator.Parameter;
import dev.plimsoll.model.operator.Value;
import dev.plimsoll.model.rewrite.BackwardStep;
import dev.plimsoll.model.shape.Axis;
import dev.plimsoll.model.shape.Shape;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;

/// Walks a block's operators and its backward steps, and adds up what each takes.
///
/// Collectives of tensor parallelism follow from which linear maps are split by outputs and which by inputs. Source:
/// Shoeybi et al. 2019, section 3; with sequence parallelism Korthikanti et al. 2022, section 4.2.2: the inputs of maps
/// split by outputs are gathered, the outputs of maps split by inputs are scattered; on the way back the reverse, and the
/// inputs are gathered once more for the weights' gradients.
final class BlockClock {
    private final BlockRun run;
    private final Split split;
    private final Conditions conditions;
    private final DeviceSizes sizes;
    private final OperatorTime operators;
    private final boolean scatters;

    BlockClock(BlockRun run, Split split, Conditions conditions) {
        this.run = run;
        this.split = split;
        this.conditions = conditions;
        sizes = new DeviceSizes(split.parallelism(), split.batch());
        operators = new OperatorTime(run, sizes, split.load(), conditions);
        scatters = split.parallelism().tensor().sequence() == SequenceSplit.SPLIT;
    }

    LayerTime time() {
        Tally forward = new Tally();
        Set<String> gathered = new HashSet<>();
        for (Operator operator : run.block().operators()) {
            forward.add(operators.forward(operator));
            forward.tensor += forwardCollectives(operator, gathered);
            communicate(operator, 1, forward);
        }
        Tally backward = new Tally();
        Tally rerun = new Tally();
        double weightGradients = 0;
        Set<String> reduced = new HashSet<>();
        Set<String> gatheredAgain = new HashSet<>();
        for (BackwardStep step : run.backward()) {
            switch (step) {
                case BackwardStep.Rerun(Operator operator) -> {
                    rerun.add(operators.forward(operator));
                    rerun.tensor += forwardCollectives(operator, gatheredAgain);
                    communicate(operator, 1, rerun);
                }
                case BackwardStep.Gradient gradient -> {
                    backward.add(operators.backward(gradient));
                    weightGradients += operators.weightGradients(gradient);
                    backward.tensor += backwardCollectives(gradient, reduced);
                    communicate(gradient.operator(), AttentionTime.ATTENTION_BACKWARD, backward);
                }
            }
        }
        return new LayerTime(
                forward.pass(),
                backward.pass(),
                rerun.pass().times(again()),
                weightGradients,
                new LayerTime.Work(forward.work.flops(), backward.work.flops(), rerun.work.flops()),
                parameters(run.block().parameters()),
                parameters(run.trained()));
    }

    /// A layer that is run again whole is not quite: what is run again of single operators is only what is needed.
    private double again() {
        long reruns = run.backward().stream()
                .filter(BackwardStep.Rerun.class::isInstance)
                .count();
        return reruns == run.block().operators().size() ? conditions.rerun() : 1;
    }

    private LayerTime.Parameters parameters(Collection<Parameter> some) {
        double dense = 0;
        double experts = 0;
        for (Parameter parameter : some) {
            Shape shape = run.shapes().of(parameter);
            double here = sizes.width(shape);
            if (shape.has(Axis.EXPERTS) && shape.rank() > 2) {
                experts += here;
            } else {
                dense += here;
            }
        }
        return new LayerTime.Parameters(dense, experts);
    }

    /// Sums one pass up, in the order of [PassTime].
    private final class Tally {
        private OperatorTime.Work work = OperatorTime.Work.NONE;
        private double tensor;
        private double context;
        private double expert;
        private int kernels;

        void add(OperatorTime.Work more) {
            work = work.plus(more);
            kernels++;
        }

        PassTime pass() {
            double device = work.products() + work.attention() + work.elementWise();
            double host = kernels * conditions.pace().host().dispatch();
            return new PassTime(
                    work.products(),
                    work.attention(),
                    work.elementWise(),
                    Math.max(0, host - device),
                    tensor * conditions.exposure().tensor(),
                    context,
                    expert * conditions.exposure().expert());
        }
    }

    private double forwardCollectives(Operator operator, Set<String> gathered) {
        Ring ring = conditions.rings().tensor();
        if (ring.size() == 1) {
            return 0;
        }
        return switch (sharding(operator)) {
            case BY_INPUTS ->
                scatters ? ring.gather(whole(operator.output())) : ring.allReduce(whole(operator.output()));
            case BY_OUTPUTS -> {
                Value input = operator.reads().getFirst();
                yield scatters && gathered.add(input.name()) ? ring.gather(whole(input)) : 0;
            }
            case NOT -> 0;
        };
    }

    private double backwardCollectives(BackwardStep.Gradient step, Set<String> reduced) {
        Ring ring = conditions.rings().tensor();
        if (ring.size() == 1) {
            return 0;
        }
        return switch (sharding(step.operator())) {
            case BY_INPUTS -> scatters ? ring.gather(whole(step.operator().output())) : 0;
            case BY_OUTPUTS -> {
                Value input = step.operator().reads().getFirst();
                if (step.inputs().isEmpty() || !reduced.add(input.name())) {
                    yield 0;
                }
                yield 2 * ring.gather(whole(input));
            }
            case NOT -> 0;
        };
    }

    /// How a linear map's matrix lies on tensor-parallel devices.
    private enum MatrixSplit {
        BY_OUTPUTS,
        BY_INPUTS,
        NOT
    }

    private MatrixSplit sharding(Operator operator) {
        return switch (operator) {
            case Operator.Linear linear -> {
                boolean inputs = sizes.isSplit(run.shapes().inputs(linear));
                boolean outputs = sizes.isSplit(run.shapes().outputs(linear));
                if (inputs == outputs) {
                    yield MatrixSplit.NOT;
                }
                yield inputs ? MatrixSplit.BY_INPUTS : MatrixSplit.BY_OUTPUTS;
            }
            case Operator.Embedding embedding ->
                sizes.isSplit(run.shapes().of(embedding.table())) ? MatrixSplit.BY_INPUTS : MatrixSplit.NOT;
            case Operator.Normalization _,
                    Operator.RotaryEmbedding _,
                    Operator.Attention _,
                    Operator.TokenSelection _,
                    Operator.Activation _,
                    Operator.Multiply _,
                    Operator.Add _,
                    Operator.Scale _,
                    Operator.Router _,
                    Operator.Dispatch _,
                    Operator.GroupedLinear _,
                    Operator.Combine _,
                    Operator.Convolution _,
                    Operator.StateSpaceScan _,
                    Operator.DeltaRule _,
                    Operator.Concatenate _,
                    Operator.TokenPooling _,
                    Operator.Dropout _,
                    Operator.AddBias _,
                    Collective _,
                    Operator.CrossEntropy _ -> MatrixSplit.NOT;
        };
    }

    /// Bytes of a value of all tokens of a context-parallel device.
    private double whole(Value value) {
        return sizes.tokens() * sizes.width(value.shape()) * conditions.elementBytes();
    }

    /// @param times how much more the way back computes and sends than the way forward
    private void communicate(Operator operator, double times, Tally tally) {
        switch (operator) {
            case Operator.Attention attention -> tally.context += context(attention, times);
            case Operator.Dispatch dispatch -> tally.expert += exchanged(dispatch.output());
            case Operator.Combine combine -> tally.expert += exchanged(combine.input());
            case Operator.Embedding _,
                    Operator.Linear _,
                    Operator.Normalization _,
                    Operator.RotaryEmbedding _,
                    Operator.TokenSelection _,
                    Operator.Activation _,
                    Operator.Multiply _,
                    Operator.Add _,
                    Operator.Scale _,
                    Operator.Router _,
                    Operator.GroupedLinear _,
                    Operator.Convolution _,
                    Operator.StateSpaceScan _,
                    Operator.DeltaRule _,
                    Operator.Concatenate _,
                    Operator.TokenPooling _,
                    Operator.Dropout _,
                    Operator.AddBias _,
                    Collective _,
                    Operator.CrossEntropy _ -> {}
        }
    }

    private double exchanged(Value rows) {
        return conditions
                .rings()
                .expert()
                .allToAll(sizes.elements(rows.shape()) * split.load() * conditions.elementBytes());
    }

    /// Keys and values go round while queries meet those that came before, or heads are exchanged for tokens around the
    /// core. On the way back gradients travel too, so a ring carries twice the bytes.
    private double context(Operator.Attention attention, double times) {
        Ring ring = conditions.rings().context();
        if (ring.size() == 1) {
            return 0;
        }
        double keys = bytes(attention.key()) + bytes(attention.value());
        return switch (split.parallelism().context().exchange()) {
            case RING -> {
                double hop = ring.send(times > 1 ? 2 * keys : keys);
                double core = operators.core(
                        attention, times > 1 ? AttentionTime.Direction.BACK : AttentionTime.Direction.FORTH);
                yield (ring.size() - 1)
                        * Exposure.shown(
                                hop, core / ring.size(), conditions.exposure().context());
            }
            case ALL_TO_ALL -> ring.allToAll(keys + bytes(attention.query()) + bytes(attention.output()));
        };
    }

    private double bytes(Value value) {
        return sizes.elements(value.shape()) * conditions.elementBytes();
    }
}
