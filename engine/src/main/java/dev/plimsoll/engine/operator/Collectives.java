package dev.plimsoll.engine.operator;

import dev.plimsoll.engine.device.Payload;
import dev.plimsoll.engine.device.Reduction;
import dev.plimsoll.engine.device.Ring;
import dev.plimsoll.engine.device.Rings;
import dev.plimsoll.engine.tensor.Tensor;
import dev.plimsoll.model.operator.Collective;
import dev.plimsoll.model.shape.Axis;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// What the devices of a group do together with whole tensors: copies, sums, gathered and scattered parts, exchanged
/// axes.
///
/// Elements travel in the data type that they are held in. Gradients: of a copy the sum of all devices', of a sum a
/// copy; of gathered parts the part of the sum, of a part of the sum all parts; of an exchange the exchange back.
final class Collectives {
    private final Transfers transfers;
    private final Rings rings;

    Collectives(Machine machine, Rings rings) {
        this.transfers = new Transfers(machine);
        this.rings = rings;
    }

    void copy(Collective.Copy copy, ForwardOperands operands) {
        transfers.write(operands.value(copy.output()), transfers.read(operands.value(copy.input())));
    }

    void gradient(Collective.Copy copy, GradientOperands operands) {
        Tensor gradient = operands.outputGradient(copy.output());
        transfers.add(operands.inputGradient(copy.input()).orElseThrow(), summed(rings.of(copy.group()), gradient));
    }

    void sum(Collective.AllReduce sum, ForwardOperands operands) {
        transfers.write(operands.value(sum.output()), summed(rings.of(sum.group()), operands.value(sum.input())));
    }

    void gradient(Collective.AllReduce sum, GradientOperands operands) {
        Tensor gradient = operands.outputGradient(sum.output());
        transfers.add(operands.inputGradient(sum.input()).orElseThrow(), transfers.read(gradient));
    }

    void gather(Collective.AllGather gather, ForwardOperands operands) {
        Tensor input = operands.value(gather.input());
        AxisParts parts = AxisParts.of(gather.input(), gather.axis(), input.sizes());
        transfers.write(operands.value(gather.output()), gathered(rings.of(gather.group()), parts, input));
    }

    void gradient(Collective.AllGather gather, GradientOperands operands) {
        Tensor gradient = operands.outputGradient(gather.output());
        Tensor target = operands.inputGradient(gather.input()).orElseThrow();
        AxisParts parts = AxisParts.of(gather.input(), gather.axis(), target.sizes());
        transfers.add(target, scattered(rings.of(gather.group()), gather.axis(), parts, gradient, target));
    }

    void scatter(Collective.ReduceScatter scatter, ForwardOperands operands) {
        Tensor output = operands.value(scatter.output());
        AxisParts parts = AxisParts.of(scatter.output(), scatter.axis(), output.sizes());
        Tensor input = operands.value(scatter.input());
        transfers.write(output, scattered(rings.of(scatter.group()), scatter.axis(), parts, input, output));
    }

    void gradient(Collective.ReduceScatter scatter, GradientOperands operands) {
        Tensor gradient = operands.outputGradient(scatter.output());
        AxisParts parts = AxisParts.of(scatter.output(), scatter.axis(), gradient.sizes());
        Tensor target = operands.inputGradient(scatter.input()).orElseThrow();
        transfers.add(target, gathered(rings.of(scatter.group()), parts, gradient));
    }

    void exchange(Collective.AllToAll exchange, ForwardOperands operands) {
        Tensor input = operands.value(exchange.input());
        Tensor output = operands.value(exchange.output());
        AxisParts cut = AxisParts.of(exchange.input(), exchange.cut(), input.sizes());
        AxisParts joined = AxisParts.of(exchange.output(), exchange.joined(), output.sizes());
        transfers.write(output, exchanged(rings.of(exchange.group()), input, cut, joined));
    }

    void gradient(Collective.AllToAll exchange, GradientOperands operands) {
        Tensor gradient = operands.outputGradient(exchange.output());
        Tensor target = operands.inputGradient(exchange.input()).orElseThrow();
        AxisParts cut = AxisParts.of(exchange.output(), exchange.joined(), gradient.sizes());
        AxisParts joined = AxisParts.of(exchange.input(), exchange.cut(), target.sizes());
        transfers.add(target, exchanged(rings.of(exchange.group()), gradient, cut, joined));
    }

    /// How many rows the devices of the gather's group have together, which they tell each other.
    int rows(Collective.AllGather gather, Tensor input) {
        AxisParts parts = AxisParts.of(gather.input(), gather.axis(), input.sizes());
        return Arrays.stream(lengths(rings.of(gather.group()), gather.axis(), parts.length(input.elements())))
                .sum();
    }

    private Payload summed(Ring ring, Tensor tensor) {
        Payload.Floats values = transfers.floats(tensor);
        ring.allReduce(values.values(), Reduction.SUM, tensor.dataType());
        return values;
    }

    private Payload gathered(Ring ring, AxisParts parts, Tensor own) {
        return parts.joined(ring.allGather(transfers.read(own), own.dataType()));
    }

    /// This device's part of the sum, as long as the tensor `own`.
    private Payload scattered(Ring ring, Axis axis, AxisParts parts, Tensor whole, Tensor own) {
        int[] lengths = lengths(ring, axis, parts.length(own.elements()));
        Payload all = transfers.read(whole);
        float[] ordered = new float[whole.elements()];
        int[] bounds = new int[lengths.length + 1];
        int from = 0;
        for (int i = 0; i < lengths.length; i++) {
            Payload.Floats part = (Payload.Floats) parts.part(all, from, from + lengths[i]);
            System.arraycopy(part.values(), 0, ordered, bounds[i], part.elements());
            bounds[i + 1] = bounds[i] + part.elements();
            from += lengths[i];
        }
        return new Payload.Floats(ring.reduceScatter(ordered, bounds, whole.dataType()));
    }

    private Payload exchanged(Ring ring, Tensor input, AxisParts cut, AxisParts joined) {
        Payload all = transfers.read(input);
        int length = cut.length(input.elements()) / ring.size();
        List<Payload> pieces = new ArrayList<>();
        for (int i = 0; i < ring.size(); i++) {
            pieces.add(cut.part(all, i * length, (i + 1) * length));
        }
        return joined.joined(ring.allToAll(pieces, input.dataType()));
    }

    /// How long each device's part is: equal ones, but for rows of experts.
    private static int[] lengths(Ring ring, Axis axis, int own) {
        if (axis == Axis.RECEIVED || axis == Axis.GATHERED) {
            return ring.tell(own);
        }
        int[] lengths = new int[ring.size()];
        Arrays.fill(lengths, own);
        return lengths;
    }
}
