package dev.plimsoll.model.rewrite;

import dev.plimsoll.model.architecture.Block;
import dev.plimsoll.model.architecture.LayerRun;
import dev.plimsoll.model.architecture.Part;
import dev.plimsoll.model.architecture.Transformer;
import dev.plimsoll.model.operator.AttentionMask;
import dev.plimsoll.model.operator.Collective;
import dev.plimsoll.model.operator.ConvolutionKind;
import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.operator.Parameter;
import dev.plimsoll.model.operator.Pooling;
import dev.plimsoll.model.operator.Rotary;
import dev.plimsoll.model.operator.RotaryScaling;
import dev.plimsoll.model.operator.Routing;
import dev.plimsoll.model.operator.Value;
import dev.plimsoll.model.shape.Axis;
import dev.plimsoll.model.shape.Dimension;
import dev.plimsoll.model.shape.Dimension.Fixed;
import dev.plimsoll.model.shape.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// The fixed axes of a model, and what their sizes must keep to one another.
final class AxisRules {
    /// An axis as long as others together.
    ///
    /// @param parts of more than one entry
    /// @param ones how many further parts there are, of one entry each
    record Sum(Fixed total, List<Fixed> parts, long ones) {}

    /// A number of heads that is a multiple of another.
    record Multiple(Fixed heads, Fixed of) {}

    private final Set<Fixed> axes = new LinkedHashSet<>();
    private final Set<Axis> open = EnumSet.noneOf(Axis.class);
    private final Map<Fixed, Fixed> sameAs = new HashMap<>();
    private final Set<Multiple> multiples = new LinkedHashSet<>();
    private final Set<Sum> sums = new LinkedHashSet<>();
    private final Set<List<Fixed>> merged = new LinkedHashSet<>();
    private final Set<Fixed> odd = new HashSet<>();
    private final Set<Routing> routings = new LinkedHashSet<>();
    private final Set<Operator.TokenPooling> poolings = new LinkedHashSet<>();
    private final Set<Long> biting = new TreeSet<>();
    private final Set<Fixed> selected = new LinkedHashSet<>();
    private long stride = 1;

    AxisRules(Transformer transformer) {
        Set<Block> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        for (Part part : transformer.parts()) {
            for (LayerRun run : part.runs()) {
                if (seen.add(run.block())) {
                    block(run.block());
                }
            }
        }
    }

    /// Every axis of more than one entry.
    Set<Fixed> axes() {
        return axes;
    }

    Set<Axis> open() {
        return open;
    }

    /// What each of these axes must be exactly as long as: key/value heads as query heads that do not share them.
    Map<Fixed, Fixed> sameAs() {
        return sameAs;
    }

    Set<Multiple> multiples() {
        return multiples;
    }

    Set<Sum> sums() {
        return sums;
    }

    /// The axes that lie in one dimension of a file, where there are several.
    Set<List<Fixed>> merged() {
        return merged;
    }

    /// Widths of kernels that look as far ahead as back.
    Set<Fixed> odd() {
        return odd;
    }

    Set<Routing> routings() {
        return routings;
    }

    Set<Operator.TokenPooling> poolings() {
        return poolings;
    }

    /// Windows, chunks, blocks and trained positions, ascending.
    Set<Long> biting() {
        return biting;
    }

    /// How many tokens a sparse attention looks at.
    Set<Fixed> selected() {
        return selected;
    }

    /// How many frames make one token.
    long stride() {
        return stride;
    }

    private void block(Block block) {
        block.inputs().forEach(this::value);
        for (Operator operator : block.operators()) {
            operator.writes().forEach(this::value);
            operator.parameters().forEach(this::parameter);
            rules(operator);
        }
    }

    private void value(Value value) {
        shape(value.shape());
    }

    private void parameter(Parameter parameter) {
        for (Shape group : parameter.groups()) {
            shape(group);
            List<Fixed> together = new ArrayList<>();
            for (Dimension dimension : group.dimensions()) {
                if (dimension instanceof Fixed fixed && fixed.size() > 1) {
                    together.add(fixed);
                }
            }
            if (together.size() > 1) {
                merged.add(together);
            }
        }
    }

    private void shape(Shape shape) {
        for (Dimension dimension : shape.dimensions()) {
            switch (dimension) {
                case Fixed fixed -> axis(fixed);
                case Dimension.Open whole -> open.add(whole.axis());
            }
        }
    }

    private void axis(Fixed axis) {
        if (axis.size() > 1) {
            axes.add(axis);
        }
    }

    private void rules(Operator operator) {
        switch (operator) {
            case Operator.RotaryEmbedding rotary -> rotary(rotary.input(), rotary.rotary());
            case Operator.Attention attention -> {
                multiple(fixed(attention.query(), 2), fixed(attention.key(), 2));
                mask(attention.mask());
            }
            case Operator.StateSpaceScan scan -> {
                shape(scan.state());
                // Where heads lie in groups already, or channels have no heads, there is nothing to share.
                if (scan.input().shape().rank() == 4
                        && scan.inputProjection().shape().rank() == 4) {
                    multiple(fixed(scan.input(), 2), fixed(scan.inputProjection(), 2));
                }
            }
            case Operator.DeltaRule rule -> {
                shape(rule.state());
                multiple(fixed(rule.value(), 2), fixed(rule.query(), 2));
            }
            case Operator.Router router -> routings.add(router.routing());
            case Operator.Convolution convolution -> convolution(convolution.kind());
            case Operator.Concatenate concatenate -> concatenate(concatenate);
            case Operator.TokenPooling pooling -> pooling(pooling);
            case Operator.Embedding embedding -> {}
            case Operator.Linear linear -> {}
            case Operator.Normalization normalization -> {}
            case Operator.TokenSelection selection -> {}
            case Operator.Activation activation -> {}
            case Operator.Multiply multiply -> {}
            case Operator.Add add -> {}
            case Operator.Scale scale -> {}
            case Operator.Dispatch dispatch -> {}
            case Operator.GroupedLinear grouped -> {}
            case Operator.Combine combine -> {}
            case Operator.Dropout dropout -> {}
            case Operator.CrossEntropy loss -> {}
            case Operator.AddBias bias -> {}
            case Collective collective -> {}
        }
    }

    private static Fixed fixed(Value value, int dimension) {
        return (Fixed) value.shape().dimensions().get(dimension);
    }

    private void rotary(Value input, Rotary rotary) {
        axis(rotatedPart(input, rotary));
        switch (rotary.scaling()) {
            case RotaryScaling.Yarn yarn -> biting.add(yarn.trainedPositions());
            case RotaryScaling.Llama3 llama -> biting.add(llama.trainedPositions());
            case RotaryScaling.LongRope longRope -> biting.add(longRope.trainedPositions());
            case RotaryScaling.None none -> {}
            case RotaryScaling.Linear linear -> {}
            case RotaryScaling.Dynamic dynamic -> {}
            case RotaryScaling.Proportional proportional -> {}
        }
    }

    /// The rotated part of a head, as an axis of its own: the whole head where all of it is rotated.
    static Fixed rotatedPart(Value input, Rotary rotary) {
        return new Fixed(input.shape().dimensions().getLast().axis(), rotary.size());
    }

    private void mask(AttentionMask mask) {
        switch (mask) {
            case AttentionMask.SlidingWindow(long size) -> biting.add(size);
            case AttentionMask.Chunked(long size) -> biting.add(size);
            case AttentionMask.Blocks(long size) -> biting.add(size);
            case AttentionMask.Selected(long size) -> selected.add(new Fixed(Axis.TOP_K, size));
            case AttentionMask.Everything everything -> {}
            case AttentionMask.Causal causal -> {}
        }
    }

    private void multiple(Fixed heads, Fixed of) {
        if (heads.size() == of.size() && !heads.equals(of)) {
            sameAs.put(of, heads);
        } else if (of.size() > 1 && heads.size() > of.size()) {
            multiples.add(new Multiple(heads, of));
        }
    }

    private void convolution(ConvolutionKind kind) {
        if (kind instanceof ConvolutionKind.Dense(int width, int step)) {
            odd.add(new Fixed(Axis.KERNEL, width));
            stride *= step;
        }
    }

    private void concatenate(Operator.Concatenate concatenate) {
        Axis along = concatenate.axis();
        if (along.isOpen()) {
            return;
        }
        List<Fixed> parts = concatenate.inputs().stream()
                .map(input -> new Fixed(
                        along, input.shape().has(along) ? input.shape().size(along) : 1))
                .toList();
        sum(new Fixed(along, concatenate.output().shape().size(along)), parts);
    }

    /// Neighbours put into one unnamed wider axis make it a sum of so many widths.
    private void pooling(Operator.TokenPooling pooling) {
        poolings.add(pooling);
        if (pooling.pooling() instanceof Pooling.Merge(long neighbours)
                && pooling.output().shape().rank() == 3) {
            sum(fixed(pooling.output(), 2), Collections.nCopies((int) neighbours, fixed(pooling.input(), 2)));
        }
    }

    private void sum(Fixed total, List<Fixed> inputs) {
        List<Fixed> parts = inputs.stream().filter(part -> part.size() > 1).toList();
        if (!parts.equals(List.of(total))) {
            sums.add(new Sum(total, parts, inputs.size() - parts.size()));
        }
    }
}
