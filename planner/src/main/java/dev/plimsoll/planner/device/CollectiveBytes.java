package dev.plimsoll.planner.device;

import dev.plimsoll.model.operator.Collective;
import dev.plimsoll.model.operator.DeviceGroup;
import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.operator.Value;
import dev.plimsoll.model.rewrite.BackwardStep;
import dev.plimsoll.model.rewrite.Kept;
import dev.plimsoll.model.shape.Axis;
import dev.plimsoll.model.shape.DataType;
import dev.plimsoll.model.units.Bytes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/// What one device sends for an operator, forward or for its gradients.
///
/// Elements travel in the data type they are held in. Sums and gathers go round a ring ([RingParts]); exchanges go
/// straight, all but what stays. Copies for experts travel with the number of their expert, four bytes, forward only.
/// Keys and values take one hop less round their ring than there are devices, their gradients in f32 as many.
record CollectiveBytes(DeviceRun run, DeviceSizes sizes, String what) {
    private static final int REDUCED_FOR_LOSS = 3;

    List<Sent> forward(Operator operator) {
        if (!(operator instanceof Collective collective)) {
            return List.of();
        }
        return switch (collective) {
            case Collective.Copy copy -> List.of();
            case Collective.AllReduce sum -> List.of(allReduce(sum.group(), elements(sum.input()), type(sum.input())));
            case Collective.AllGather gather -> List.of(allGather(gather.group(), gather.output(), gather.input()));
            case Collective.ReduceScatter scatter ->
                List.of(reduceScatter(scatter.group(), scatter.input(), scatter.output()));
            case Collective.AllToAll exchange -> List.of(exchange(exchange.group(), exchange.input()));
            case Collective.SendToExperts send -> List.of(send(send));
            case Collective.ReturnFromExperts back ->
                List.of(rows(back.input(), sizes.receivedFromOthers(), back.output()));
            case Collective.RingAttention ring -> List.of(hops(ring, members(ring.group()) - 1L, keysAndValues(ring)));
            case Collective.VocabularyCrossEntropy loss -> {
                long tokens = elements(loss.targets());
                Sent one = allReduce(loss.group(), tokens, DataType.F32);
                yield Collections.nCopies(REDUCED_FOR_LOSS, one);
            }
        };
    }

    List<Sent> gradient(BackwardStep.Gradient step) {
        if (!(step.operator() instanceof Collective collective)) {
            return List.of();
        }
        return switch (collective) {
            case Collective.Copy copy -> List.of(allReduce(copy.group(), elements(copy.output()), type(copy.output())));
            case Collective.AllReduce sum -> List.of();
            case Collective.AllGather gather -> List.of(reduceScatter(gather.group(), gather.output(), gather.input()));
            case Collective.ReduceScatter scatter ->
                List.of(allGather(scatter.group(), scatter.input(), scatter.output()));
            case Collective.AllToAll exchange -> List.of(exchange(exchange.group(), exchange.output()));
            case Collective.SendToExperts send ->
                List.of(rows(send.output(), sizes.receivedFromOthers(), send.output()));
            case Collective.ReturnFromExperts back -> List.of(rows(back.output(), sizes.sentToOthers(), back.output()));
            case Collective.RingAttention ring -> ring(ring, step.inputs());
            case Collective.VocabularyCrossEntropy loss -> List.of();
        };
    }

    private Sent allReduce(DeviceGroup group, long elements, DataType type) {
        RingParts parts = new RingParts(elements, members(group), member(group));
        return sent(Exchange.ALL_REDUCE, group, type.bytes(elements), type.bytes(parts.allReduce()));
    }

    private Sent allGather(DeviceGroup group, Value whole, Value part) {
        long next = part(group, part, (member(group) + 1) % members(group));
        DataType type = type(whole);
        Bytes all = type.bytes(elements(whole));
        return sent(Exchange.ALL_GATHER, group, all, type.bytes(elements(whole) - next));
    }

    private Sent reduceScatter(DeviceGroup group, Value whole, Value part) {
        DataType type = type(whole);
        long others = elements(whole) - part(group, part, member(group));
        return sent(Exchange.REDUCE_SCATTER, group, type.bytes(elements(whole)), type.bytes(others));
    }

    /// Elements of a member's part: of rows for experts, as many as it received.
    private long part(DeviceGroup group, Value part, int member) {
        if (!part.shape().has(Axis.RECEIVED)) {
            return elements(part);
        }
        int rank = run.program().members(group).get(member);
        return sizes.received(rank) * part.shape().fixedElements();
    }

    private Sent exchange(DeviceGroup group, Value whole) {
        long elements = elements(whole);
        DataType type = type(whole);
        return sent(Exchange.ALL_TO_ALL, group, type.bytes(elements), type.bytes(elements - elements / members(group)));
    }

    private Sent send(Collective.SendToExperts send) {
        Sent copies = rows(send.input(), sizes.sentToOthers(), send.input());
        DataType number = type(send.numbers());
        return sent(
                Exchange.ALL_TO_ALL,
                send.group(),
                copies.logical().plus(number.bytes(elements(send.experts()))),
                copies.wire().plus(number.bytes(sizes.sentToOthers())));
    }

    /// @param rows value of as many rows as there are
    /// @param leaving how many of them leave the device
    private Sent rows(Value rows, long leaving, Value width) {
        DataType type = type(rows);
        long each = width.shape().trailing(1).fixedElements();
        return sent(Exchange.ALL_TO_ALL, DeviceGroup.EXPERT, type.bytes(elements(rows)), type.bytes(leaving * each));
    }

    private Bytes keysAndValues(Collective.RingAttention ring) {
        return new Bytes(
                sizes.bytes(ring.core().key()) + sizes.bytes(ring.core().value()));
    }

    private List<Sent> ring(Collective.RingAttention ring, List<Value> inputs) {
        Bytes gradients = Bytes.ZERO;
        for (Value part : List.of(ring.core().key(), ring.core().value())) {
            if (inputs.contains(part)) {
                gradients = gradients.plus(DataType.F32.bytes(elements(part)));
            }
        }
        List<Sent> sent = new ArrayList<>();
        sent.add(hops(ring, members(ring.group()) - 1L, keysAndValues(ring)));
        sent.add(hops(ring, members(ring.group()), gradients));
        return sent;
    }

    private Sent hops(Collective.RingAttention ring, long hops, Bytes each) {
        return sent(Exchange.SEND, ring.group(), each.times(hops), each.times(hops));
    }

    private Sent sent(Exchange exchange, DeviceGroup group, Bytes logical, Bytes wire) {
        return new Sent(what, exchange, group, logical, wire);
    }

    private int members(DeviceGroup group) {
        return run.program().members(group).size();
    }

    private int member(DeviceGroup group) {
        return run.program().members(group).indexOf(run.program().rank());
    }

    private long elements(Value value) {
        return sizes.elements(value.shape());
    }

    private DataType type(Value value) {
        return new Kept.OfValue(value).heldIn(sizes.precision());
    }
}
