package dev.plimsoll.model.rewrite;

import dev.plimsoll.model.operator.Collective;
import dev.plimsoll.model.operator.DeviceGroup;
import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.operator.Parameter;
import dev.plimsoll.model.operator.Role;
import dev.plimsoll.model.operator.Value;
import dev.plimsoll.model.rewrite.DeviceBlock.Holding;
import dev.plimsoll.model.rewrite.ParameterPart.Slice;
import dev.plimsoll.model.shape.Axis;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;

/// The values, operators and parameters that a device's part of a block has so far.
final class DeviceValues {
    private final Division division;
    private final List<Operator> operators = new ArrayList<>();
    private final Map<String, Value> parts = new HashMap<>();
    private final Map<String, Value> whole = new HashMap<>();
    private final SequencedMap<String, Holding> holdings = new LinkedHashMap<>();

    DeviceValues(Division division) {
        this.division = division;
    }

    List<Operator> operators() {
        return operators;
    }

    SequencedMap<String, Holding> holdings() {
        return holdings;
    }

    void append(Operator operator) {
        operators.add(operator);
    }

    /// A value that the device has from now on.
    Value put(Value value, Value part) {
        parts.put(value.name(), part);
        return part;
    }

    Value put(Value value) {
        return put(value, division.part(value));
    }

    /// A value as the device holds it.
    Value get(Value value) {
        Value part = parts.get(value.name());
        if (part == null) {
            throw new IllegalStateException(value + " is read before it is written");
        }
        return part;
    }

    /// A value of the stream as each device of the tensor group needs it that works on a part of what follows: all
    /// tokens, gathered where they are split, else a copy. Either sums the group's gradients on the way back.
    Value whole(Value value, Role reader) {
        Value known = whole.get(value.name());
        if (known != null) {
            return known;
        }
        Value part = get(value);
        Value all;
        if (division.isSequenceSplit() && value.shape().has(Axis.SEQUENCE)) {
            all = Division.with(
                    value,
                    value.name() + ".gathered",
                    division.contextPart(value).shape());
            append(new Collective.AllGather(all.name(), reader, DeviceGroup.TENSOR, Axis.SEQUENCE, part, all));
        } else {
            all = Division.with(value, value.name() + ".copied", part.shape());
            append(new Collective.Copy(all.name(), reader, DeviceGroup.TENSOR, part, all));
        }
        whole.put(value.name(), all);
        return all;
    }

    /// Some of the terms of each entry of a value: what a device has before the sum over the tensor group.
    Value terms(Value value) {
        return Division.with(
                value, value.name() + ".terms", division.contextPart(value).shape());
    }

    /// Sums the terms over the tensor group, each device getting its tokens where they are split, and adds the bias once.
    void sum(Role role, Value value, Optional<Parameter> bias) {
        Value terms = terms(value);
        Value part = put(value);
        Value sum = bias.isPresent() ? Division.with(part, value.name() + ".sum", part.shape()) : part;
        String name = value.name() + ".sum";
        append(
                division.isSequenceSplit() && value.shape().has(Axis.SEQUENCE)
                        ? new Collective.ReduceScatter(name, role, DeviceGroup.TENSOR, Axis.SEQUENCE, terms, sum)
                        : new Collective.AllReduce(name, role, DeviceGroup.TENSOR, terms, sum));
        bias.ifPresent(added ->
                append(new Operator.AddBias(value.name() + ".biased", role, sum, hold(added, List.of(value)), part)));
    }

    /// The device's part of a dense parameter.
    ///
    /// @param values what its operator reads and writes; where the device has a part of them but not of the parameter, it
    ///     has only some of the gradient
    Parameter hold(Parameter parameter, List<Value> values) {
        List<Slice> slices = division.slices(parameter);
        List<DeviceGroup> sums = new ArrayList<>();
        if (slices.isEmpty() && values.stream().anyMatch(division::isPart)) {
            sums.add(DeviceGroup.TENSOR);
        }
        if (sharesHeads(parameter)) {
            sums.add(DeviceGroup.KEY_VALUE_REPLICAS);
        }
        return hold(
                new Holding(parameter, Division.cut(parameter, slices), slices, DeviceGroup.DATA, List.copyOf(sums)));
    }

    /// A dense parameter that every device has whole whatever its axes.
    Parameter holdWhole(Parameter parameter, List<Value> values) {
        boolean sums = values.stream().anyMatch(division::isPart);
        return hold(new Holding(
                parameter, parameter, List.of(), DeviceGroup.DATA, sums ? List.of(DeviceGroup.TENSOR) : List.of()));
    }

    /// The device's part of what each expert has.
    Parameter holdExperts(Parameter parameter) {
        List<Slice> slices = division.expertSlices(parameter);
        return hold(
                new Holding(parameter, Division.cut(parameter, slices), slices, DeviceGroup.EXPERT_DATA, List.of()));
    }

    private boolean sharesHeads(Parameter parameter) {
        return parameter.shape().has(Axis.KEY_VALUE_HEADS)
                && division.isDivided(Axis.KEY_VALUE_HEADS)
                && parameter.shape().size(Axis.KEY_VALUE_HEADS) < division.tensor();
    }

    private Parameter hold(Holding holding) {
        holdings.putIfAbsent(holding.whole().name(), holding);
        return holding.part();
    }
}
