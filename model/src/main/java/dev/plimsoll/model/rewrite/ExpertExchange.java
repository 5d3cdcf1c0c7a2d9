package dev.plimsoll.model.rewrite;

import dev.plimsoll.model.operator.Collective;
import dev.plimsoll.model.operator.DeviceGroup;
import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.operator.Role;
import dev.plimsoll.model.operator.Value;
import dev.plimsoll.model.shape.Axis;
import dev.plimsoll.model.shape.Dimension;
import dev.plimsoll.model.shape.Dimension.Fixed;
import dev.plimsoll.model.shape.Shape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Sends copies of tokens to the devices that hold their experts, and what the experts made of them back.
///
/// Before the first map of the experts, copies `[.., e, h]` are sent round the expert group and become rows `[x, h]`;
/// where several devices hold parts of each expert they gather their rows, `[z, h]`. Behind the last map the terms are
/// summed and scattered, and the rows sent back. Source: NVIDIA/Megatron-LM, `token_dispatcher.py` (all-to-all).
final class ExpertExchange {
    /// @param choice which experts the copies are for
    /// @param numbers which of the device's own experts each row is for
    private record Exchange(Value choice, Value numbers, long expertsEach) {}

    /// @param row in the order of arrival
    /// @param terms whether it is some of the terms of a sum over the expert tensor group
    private record Rows(Value row, Exchange exchange, boolean terms) {}

    private final Division division;
    private final DeviceValues values;
    private final Map<String, Rows> inRows = new HashMap<>();

    ExpertExchange(Division division, DeviceValues values) {
        this.division = division;
        this.values = values;
    }

    /// Whether a value lies in rows, by expert.
    boolean isInRows(Value value) {
        return inRows.containsKey(value.name());
    }

    /// A linear map of the experts that the device holds.
    void append(Operator.GroupedLinear linear) {
        if (!isInRows(linear.input())) {
            send(linear);
        }
        Rows input = rows(linear.input());
        boolean sums = gathers() && linear.weight().shape().trailing(1).has(Axis.FEED_FORWARD);
        if (input.terms() || (sums && linear.bias().isPresent())) {
            throw PartOfOperator.notDivided(linear.name());
        }
        Value output = row(linear.output());
        values.append(new Operator.GroupedLinear(
                linear.name(),
                linear.role(),
                input.row(),
                input.exchange().numbers(),
                values.holdExperts(linear.weight()),
                linear.bias().map(values::holdExperts),
                output));
        inRows.put(linear.output().name(), new Rows(output, input.exchange(), sums));
    }

    /// An operator all of whose inputs lie in rows.
    void append(Operator operator) {
        Rows first = rows(operator.reads().getFirst());
        if (operator.reads().stream().anyMatch(read -> rows(read).terms())
                || !operator.parameters().isEmpty()) {
            throw PartOfOperator.notDivided(operator.name());
        }
        Value output = row(operator.output());
        values.append(
                new PartOfOperator(read -> rows(read).row(), write -> output, parameter -> parameter).of(operator));
        inRows.put(operator.output().name(), new Rows(output, first.exchange(), false));
    }

    /// Sends a value's rows back to the devices of the tokens they are for.
    void bringBack(Value value, Role role) {
        Rows rows = rows(value);
        Exchange exchange = rows.exchange();
        Value row = rows.row();
        if (gathers()) {
            if (!rows.terms()) {
                throw PartOfOperator.notDivided(value.name());
            }
            row = Division.with(value, value.name() + ".scattered", received(value));
            values.append(new Collective.ReduceScatter(
                    row.name(), role, DeviceGroup.EXPERT_TENSOR, Axis.RECEIVED, rows.row(), row));
        }
        Value back = Division.with(
                value, value.name() + ".returned", division.part(value).shape());
        values.append(new Collective.ReturnFromExperts(
                back.name(),
                role,
                DeviceGroup.EXPERT,
                row,
                values.get(exchange.choice()),
                exchange.expertsEach(),
                back));
        values.put(value, back);
        inRows.remove(value.name());
    }

    private void send(Operator.GroupedLinear linear) {
        Value copies = linear.input();
        Value choice = linear.experts();
        Role role = linear.role();
        long each = linear.weight().shape().size(Axis.EXPERTS)
                / division.parallelism().expert().degree();
        Value row = Division.with(copies, copies.name() + ".received", received(copies));
        Value numbers = Division.with(choice, choice.name() + ".received", Shape.open(Axis.RECEIVED));
        values.append(new Collective.SendToExperts(
                row.name(), role, DeviceGroup.EXPERT, values.get(copies), values.get(choice), each, row, numbers));
        if (gathers()) {
            Value all = row(copies);
            row = gather(row, Division.with(copies, copies.name() + ".gathered", all.shape()), role);
            numbers = gather(
                    numbers, Division.with(choice, choice.name() + ".gathered", Shape.open(Axis.GATHERED)), role);
        }
        inRows.put(copies.name(), new Rows(row, new Exchange(choice, numbers, each), false));
    }

    private Value gather(Value part, Value all, Role role) {
        values.append(new Collective.AllGather(all.name(), role, DeviceGroup.EXPERT_TENSOR, Axis.RECEIVED, part, all));
        return all;
    }

    private Rows rows(Value value) {
        Rows rows = inRows.get(value.name());
        if (rows == null) {
            throw new IllegalStateException(value + " does not lie in rows");
        }
        return rows;
    }

    private boolean gathers() {
        return division.parallelism().expert().tensorDegree() > 1;
    }

    /// `[.., e, h]` as the experts see it: `[x, h]`, or `[z, h]`.
    private Value row(Value value) {
        Shape first = Shape.open(gathers() ? Axis.GATHERED : Axis.RECEIVED);
        return Division.with(value, value.name(), first.then(behindChoice(value)));
    }

    private static Shape received(Value value) {
        return Shape.open(Axis.RECEIVED).then(widths(value));
    }

    private Shape behindChoice(Value value) {
        List<Dimension> dimensions = new ArrayList<>();
        long parts = division.parallelism().expert().tensorDegree();
        for (Dimension dimension : widths(value).dimensions()) {
            dimensions.add(
                    dimension instanceof Fixed(Axis axis, long size) && axis == Axis.FEED_FORWARD
                            ? new Fixed(axis, size / parts)
                            : dimension);
        }
        return new Shape(dimensions);
    }

    /// What lies behind the axis of the choice.
    private static Shape widths(Value value) {
        List<Dimension> dimensions = value.shape().dimensions();
        int choice = 0;
        while (dimensions.get(choice).axis() != Axis.TOP_K) {
            choice++;
        }
        return value.shape().trailing(dimensions.size() - choice - 1);
    }
}
