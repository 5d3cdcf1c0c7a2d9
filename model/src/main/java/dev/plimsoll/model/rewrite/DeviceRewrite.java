package dev.plimsoll.model.rewrite;

import dev.plimsoll.model.architecture.Block;
import dev.plimsoll.model.execution.Parallelism.ContextExchange;
import dev.plimsoll.model.operator.AttentionScores.PositionBias;
import dev.plimsoll.model.operator.Collective;
import dev.plimsoll.model.operator.DeviceGroup;
import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.operator.Parameter;
import dev.plimsoll.model.operator.Role;
import dev.plimsoll.model.operator.Value;
import dev.plimsoll.model.shape.Axis;
import dev.plimsoll.model.shape.Dimension;
import dev.plimsoll.model.shape.Dimension.Fixed;
import dev.plimsoll.model.shape.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/// Makes of a block what one device runs of it: its axes are the device's shares, and collectives stand where devices
/// need each other.
///
/// One rule for tensor parallelism: what reads or writes a divided axis works on all tokens of the device's sequences,
/// so that a value of the stream is copied or gathered on its way in; a linear map or look-up that sums over a divided
/// axis gives terms, which are summed, or summed and scattered, on their way out. Everything else is done on the stream,
/// by each device alike or on its own tokens. Maps to heads and to the inner width thus lie in columns, those back in
/// rows. Source: Shoeybi et al. 2019 (Megatron-LM), section 3; with the sequence split, Korthikanti et al. 2022,
/// section 4.2.2.
final class DeviceRewrite {
    private final Block block;
    private final Division division;
    private final DeviceValues values;
    private final ExpertExchange experts;

    private DeviceRewrite(Block block, Division division) {
        this.block = block;
        this.division = division;
        this.values = new DeviceValues(division);
        this.experts = new ExpertExchange(division, values);
    }

    static DeviceBlock of(Block block, Division division) {
        return new DeviceRewrite(block, division).rewrite();
    }

    private DeviceBlock rewrite() {
        List<Value> inputs = block.inputs().stream().map(this::input).toList();
        for (Operator operator : block.operators()) {
            rewrite(operator);
        }
        List<Value> outputs = block.outputs().stream().map(values::get).toList();
        List<Parameter> parameters = values.holdings().values().stream()
                .map(DeviceBlock.Holding::part)
                .toList();
        return new DeviceBlock(
                new Block(block.name(), inputs, parameters, values.operators(), outputs), values.holdings());
    }

    /// Numbers that are looked up in a divided vocabulary are those of all tokens, others those of the stream's.
    private Value input(Value input) {
        boolean vocabulary = false;
        boolean stream = false;
        for (Operator operator : block.operators()) {
            if (operator.reads().contains(input)) {
                vocabulary |= readsVocabulary(operator);
                stream |= !readsVocabulary(operator);
            }
        }
        if (vocabulary && stream && division.isSequenceSplit()) {
            throw PartOfOperator.notDivided(input.name());
        }
        return values.put(input, vocabulary ? division.contextPart(input) : division.part(input));
    }

    private boolean readsVocabulary(Operator operator) {
        return operator instanceof Operator.CrossEntropy
                || (operator instanceof Operator.Embedding embedding && isVocabulary(embedding));
    }

    private boolean isVocabulary(Operator.Embedding embedding) {
        Shape table = embedding.table().shape();
        int columns =
                embedding.output().shape().rank() - embedding.indices().shape().rank();
        return table.rank() == columns + 1
                && division.isDivided(table.dimensions().getFirst().axis());
    }

    private void rewrite(Operator operator) {
        if (!staysInRows(operator)) {
            for (Value read : operator.reads()) {
                if (experts.isInRows(read)) {
                    experts.bringBack(read, operator.role());
                }
            }
        }
        switch (operator) {
            case Operator.Embedding embedding -> embedding(embedding);
            case Operator.Linear linear when division.isDivided(linear.inputs()) -> sumOverDevices(linear);
            case Operator.Attention attention -> attention(attention);
            case Operator.CrossEntropy loss -> loss(loss);
            case Operator.GroupedLinear linear -> groupedLinear(linear);
            case Operator.Normalization normalization -> {
                requireWhole(operator, normalization.input().shape().trailing(normalization.axes()));
                apart(operator);
            }
            case Operator.Concatenate concatenate -> {
                requireWhole(operator, onlyAxis(concatenate));
                apart(operator);
            }
            case Operator.Linear _,
                    Operator.AddBias _,
                    Operator.RotaryEmbedding _,
                    Operator.TokenSelection _,
                    Operator.Activation _,
                    Operator.Multiply _,
                    Operator.Add _,
                    Operator.Scale _,
                    Operator.Router _,
                    Operator.Dispatch _,
                    Operator.Combine _,
                    Operator.Convolution _,
                    Operator.StateSpaceScan _,
                    Operator.DeltaRule _,
                    Operator.TokenPooling _,
                    Operator.Dropout _,
                    Collective _ -> apart(operator);
        }
    }

    /// An expert's map, or what is done with nothing but rows.
    private boolean staysInRows(Operator operator) {
        return operator instanceof Operator.GroupedLinear
                || operator.reads().stream().allMatch(experts::isInRows);
    }

    private static Shape onlyAxis(Operator.Concatenate concatenate) {
        return new Shape(concatenate.output().shape().dimensions().stream()
                .filter(dimension -> dimension.axis() == concatenate.axis())
                .toList());
    }

    private void requireWhole(Operator operator, Shape axes) {
        if (division.isDivided(axes)) {
            throw PartOfOperator.notDivided(operator.name());
        }
    }

    /// Each device does it by itself, on its part.
    private void apart(Operator operator) {
        if (staysInRows(operator)) {
            experts.append(operator);
        } else {
            values.append(apart(operator, parameter -> values.hold(parameter, touched(operator))));
        }
    }

    private Operator apart(Operator operator, UnaryOperator<Parameter> hold) {
        List<Value> touched = touched(operator);
        boolean divided = touched.stream().anyMatch(division::isDivided);
        if (divided && operator.writes().stream().noneMatch(division::isDivided)) {
            throw PartOfOperator.notDivided(operator.name());
        }
        return new PartOfOperator(
                        read -> divided && !division.isDivided(read) && read.content() != Value.Content.INDEX
                                ? values.whole(read, operator.role())
                                : values.get(read),
                        values::put,
                        hold)
                .of(operator);
    }

    private static List<Value> touched(Operator operator) {
        List<Value> touched = new ArrayList<>(operator.reads());
        touched.addAll(operator.writes());
        return touched;
    }

    private void embedding(Operator.Embedding embedding) {
        Parameter table = embedding.table();
        if (!isVocabulary(embedding)) {
            values.append(apart(embedding, whole -> values.holdWhole(whole, touched(embedding))));
            return;
        }
        Parameter part = values.hold(table, List.of());
        values.append(new Operator.Embedding(
                embedding.name(),
                embedding.role(),
                values.get(embedding.indices()),
                part,
                division.place().tensor() * part.shape().size(Axis.VOCABULARY),
                values.terms(embedding.output())));
        values.sum(embedding.role(), embedding.output(), Optional.empty());
    }

    private void sumOverDevices(Operator.Linear linear) {
        if (division.isDivided(linear.outputs())) {
            throw PartOfOperator.notDivided(linear.name());
        }
        values.append(new Operator.Linear(
                linear.name(),
                linear.role(),
                values.get(linear.input()),
                values.hold(linear.weight(), List.of()),
                Optional.empty(),
                values.terms(linear.output())));
        values.sum(linear.role(), linear.output(), linear.bias());
    }

    private void groupedLinear(Operator.GroupedLinear linear) {
        if (division.dividesExperts()) {
            experts.append(linear);
        } else {
            values.append(apart(linear, values::holdExperts));
        }
    }

    private void loss(Operator.CrossEntropy loss) {
        if (!division.isDivided(loss.logits())) {
            apart(loss);
            return;
        }
        Value logits = values.get(loss.logits());
        values.append(new Collective.VocabularyCrossEntropy(
                loss.name(),
                loss.role(),
                DeviceGroup.TENSOR,
                logits,
                values.get(loss.targets()),
                division.place().tensor() * logits.shape().size(Axis.VOCABULARY),
                values.put(loss.output())));
    }

    private void attention(Operator.Attention attention) {
        boolean slopes = attention.scores().positions() instanceof PositionBias.LinearBias;
        boolean plain = slopes || attention.scores().positions() instanceof PositionBias.None;
        boolean parts = division.context() > 1;
        if ((slopes && division.isDivided(attention.query())) || (parts && (!plain || attention.isCross()))) {
            throw PartOfOperator.notDivided(attention.name());
        }
        Operator.Attention part = (Operator.Attention) apart(attention, held -> values.hold(held, touched(attention)));
        if (!parts) {
            values.append(part);
        } else if (division.parallelism().context().exchange() == ContextExchange.RING) {
            values.append(new Collective.RingAttention(DeviceGroup.CONTEXT, part));
        } else {
            exchanged(part);
        }
    }

    /// Each device gives away tokens and gets heads before the core, and the other way behind it.
    private void exchanged(Operator.Attention part) {
        if (!part.parameters().isEmpty() || part.scores().positions() instanceof PositionBias.LinearBias) {
            throw PartOfOperator.notDivided(part.name());
        }
        Value query = exchange(part.query());
        Value key = exchange(part.key());
        Value value = part.value().equals(part.key()) ? key : exchange(part.value());
        Value output = exchangedPart(part.output());
        values.append(new Operator.Attention(
                part.name(),
                part.role(),
                query,
                key,
                value,
                part.selection(),
                part.mask(),
                part.scores(),
                part.cached(),
                output));
        values.append(new Collective.AllToAll(
                part.name() + ".returned",
                part.role(),
                DeviceGroup.CONTEXT,
                Axis.SEQUENCE,
                heads(output).axis(),
                output,
                part.output()));
    }

    private Value exchange(Value part) {
        Value exchanged = exchangedPart(part);
        values.append(new Collective.AllToAll(
                exchanged.name(),
                Role.CORE_ATTENTION,
                DeviceGroup.CONTEXT,
                heads(part).axis(),
                Axis.SEQUENCE,
                part,
                exchanged));
        return exchanged;
    }

    /// `[b, s, a/cp, d]` of `[b, s/cp, a, d]`.
    private Value exchangedPart(Value part) {
        List<Dimension> dimensions = new ArrayList<>(part.shape().dimensions());
        dimensions.set(1, new Dimension.Open(Axis.SEQUENCE));
        dimensions.set(2, new Fixed(heads(part).axis(), heads(part).size() / division.context()));
        return Division.with(part, part.name() + ".exchanged", new Shape(dimensions));
    }

    private static Fixed heads(Value value) {
        return (Fixed) value.shape().dimensions().get(2);
    }
}
