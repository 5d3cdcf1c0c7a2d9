package dev.plimsoll.engine.operator;

import dev.plimsoll.engine.device.Payload;
import dev.plimsoll.engine.device.Ring;
import dev.plimsoll.engine.device.Rings;
import dev.plimsoll.engine.tensor.Tensor;
import dev.plimsoll.model.operator.Collective;
import dev.plimsoll.model.operator.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/// Copies of tokens on their way to the devices that hold their experts, and back.
///
/// Copies arrive in the order of the group's devices, and of each in the order in which it has them. How many come the
/// devices tell each other first. Gradients: what came goes back, and what came back is sent again.
final class ExpertRows {
    private final Machine machine;
    private final Transfers transfers;
    private final Rings rings;

    ExpertRows(Machine machine, Rings rings) {
        this.machine = machine;
        this.transfers = new Transfers(machine);
        this.rings = rings;
    }

    /// Which copies go to which device.
    ///
    /// @param copies for each device of the group, the numbers of the copies in order
    /// @param experts for each device of the group, those copies' experts, counted from the device's first
    private record Plan(Ring ring, List<int[]> copies, List<int[]> experts) {
        int[] counts() {
            return copies.stream().mapToInt(part -> part.length).toArray();
        }
    }

    /// How many copies come to this device.
    int arriving(Collective.SendToExperts send, Tensor experts) {
        Plan plan = plan(rings.of(send.group()), experts, send.expertsEach());
        int sum = 0;
        for (int count : plan.ring().tellEach(plan.counts())) {
            sum += count;
        }
        return sum;
    }

    void send(Collective.SendToExperts send, ForwardOperands operands) {
        Tensor input = operands.value(send.input());
        Plan plan = plan(rings.of(send.group()), operands.value(send.experts()), send.expertsEach());
        transfers.write(operands.value(send.output()), sent(plan, input, width(send.input())));
        List<Payload> numbers = new ArrayList<>();
        plan.experts().forEach(part -> numbers.add(new Payload.Integers(part)));
        Tensor arrived = operands.value(send.numbers());
        transfers.write(arrived, inOrder(plan.ring().allToAll(numbers, arrived.dataType())));
    }

    void gradient(Collective.SendToExperts send, GradientOperands operands) {
        Tensor gradient = operands.outputGradient(send.output());
        Tensor target = operands.inputGradient(send.input()).orElseThrow();
        Plan plan = plan(rings.of(send.group()), operands.value(send.experts()), send.expertsEach());
        transfers.add(target, returned(plan, gradient, width(send.input())));
    }

    void comeBack(Collective.ReturnFromExperts back, ForwardOperands operands) {
        Tensor input = operands.value(back.input());
        Plan plan = plan(rings.of(back.group()), operands.value(back.experts()), back.expertsEach());
        transfers.write(operands.value(back.output()), returned(plan, input, width(back.input())));
    }

    void gradient(Collective.ReturnFromExperts back, GradientOperands operands) {
        Tensor gradient = operands.outputGradient(back.output());
        Tensor target = operands.inputGradient(back.input()).orElseThrow();
        Plan plan = plan(rings.of(back.group()), operands.value(back.experts()), back.expertsEach());
        transfers.add(target, sent(plan, gradient, width(back.input())));
    }

    private Plan plan(Ring ring, Tensor chosen, long expertsEach) {
        machine.work().read(chosen.bytes().count());
        int[] experts = chosen.integers();
        int each = Math.toIntExact(expertsEach);
        List<int[]> copies = new ArrayList<>();
        List<int[]> numbers = new ArrayList<>();
        for (int device = 0; device < ring.size(); device++) {
            int first = device * each;
            int[] own = IntStream.range(0, experts.length)
                    .filter(copy -> experts[copy] >= first && experts[copy] < first + each)
                    .toArray();
            copies.add(own);
            numbers.add(Arrays.stream(own).map(copy -> experts[copy] - first).toArray());
        }
        return new Plan(ring, copies, numbers);
    }

    /// The rows of copies from every device, on the device that holds the experts.
    private Payload sent(Plan plan, Tensor rows, int width) {
        float[] all = transfers.floats(rows).values();
        List<Payload> pieces = new ArrayList<>();
        for (int[] copies : plan.copies()) {
            float[] piece = new float[copies.length * width];
            for (int i = 0; i < copies.length; i++) {
                System.arraycopy(all, copies[i] * width, piece, i * width, width);
            }
            pieces.add(new Payload.Floats(piece));
        }
        return inOrder(plan.ring().allToAll(pieces, rows.dataType()));
    }

    /// The rows of this device's copies, from the devices that hold their experts.
    private Payload returned(Plan plan, Tensor rows, int width) {
        float[] all = transfers.floats(rows).values();
        List<Payload> pieces = new ArrayList<>();
        int at = 0;
        for (int count : plan.ring().tellEach(plan.counts())) {
            pieces.add(new Payload.Floats(Arrays.copyOfRange(all, at * width, (at + count) * width)));
            at += count;
        }
        List<Payload> received = plan.ring().allToAll(pieces, rows.dataType());
        int copies = plan.copies().stream().mapToInt(part -> part.length).sum();
        float[] returned = new float[copies * width];
        for (int device = 0; device < received.size(); device++) {
            Payload.Floats piece = (Payload.Floats) received.get(device);
            int[] own = plan.copies().get(device);
            for (int i = 0; i < own.length; i++) {
                System.arraycopy(piece.values(), i * width, returned, own[i] * width, width);
            }
        }
        return new Payload.Floats(returned);
    }

    private static Payload inOrder(List<Payload> parts) {
        return new AxisParts(1, 1).joined(parts);
    }

    private static int width(Value rows) {
        return Math.toIntExact(rows.shape().trailing(1).fixedElements());
    }
}
