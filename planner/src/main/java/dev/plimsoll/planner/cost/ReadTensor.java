package dev.plimsoll.planner.cost;

import dev.plimsoll.model.architecture.LayerRun;
import dev.plimsoll.model.operator.Collective;
import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.operator.Parameter;
import dev.plimsoll.model.shape.Axis;
import dev.plimsoll.model.shape.Dimension;
import dev.plimsoll.model.shape.Shape;
import dev.plimsoll.planner.result.Tally;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/// A trained tensor, once, with the operators that read it anywhere in the model.
///
/// @param run where it is met first
/// @param copies how many of its kind there are: one a layer, or one for the model
/// @param readers in execution order; a tied table is read by the embedding and by the head
record ReadTensor(BlockRuns run, Parameter parameter, long copies, List<Operator> readers) {
    /// In execution order.
    static List<ReadTensor> of(List<BlockRuns> runs) {
        List<ReadTensor> tensors = new ArrayList<>();
        Map<String, ReadTensor> shared = new HashMap<>();
        for (BlockRuns run : runs) {
            Map<String, ReadTensor> known = new HashMap<>();
            for (Parameter parameter : run.block().parameters()) {
                ReadTensor tensor = shared.get(parameter.name());
                if (tensor == null || parameter.sharing() == Parameter.Sharing.EACH_LAYER) {
                    tensor = first(run, parameter);
                    tensors.add(tensor);
                }
                known.put(parameter.name(), tensor);
                if (parameter.sharing() == Parameter.Sharing.WHOLE_MODEL) {
                    shared.put(parameter.name(), tensor);
                }
            }
            for (Operator operator : run.block().operators()) {
                for (Parameter parameter : operator.parameters()) {
                    ReadTensor tensor = known.get(parameter.name());
                    if (tensor != null) {
                        tensor.readers.add(operator);
                    }
                }
            }
        }
        return tensors;
    }

    private static ReadTensor first(BlockRuns run, Parameter parameter) {
        long copies = switch (parameter.sharing()) {
            case EACH_LAYER -> run.layers();
            case WHOLE_MODEL -> 1;
        };
        return new ReadTensor(run, parameter, copies, new ArrayList<>(2));
    }

    /// The same with another number of copies.
    ReadTensor withCopies(long others) {
        return new ReadTensor(run, parameter, others, readers);
    }

    /// The same of other sizes.
    ReadTensor withParameter(Parameter other) {
        return new ReadTensor(run, other, copies, readers);
    }

    /// The numbers of the layers that hold a copy each; one where all share it.
    // The interned block is meant, not an equal one.
    @SuppressWarnings("ReferenceEquality")
    List<Long> layers() {
        List<Long> layers = new ArrayList<>();
        for (LayerRun each : run.part().runs()) {
            for (long layer = each.first();
                    each.block() == run.block() && layer < each.first() + each.count() && layers.size() < copies;
                    layer++) {
                layers.add(layer);
            }
        }
        return layers;
    }

    /// Whether it has rows, and is multiplied with or looked up.
    boolean isMatrix() {
        return switch (parameter.kind()) {
            case MATRIX, TABLE -> parameter.groups().size() > 1;
            case BIAS, GAIN, GAIN_BESIDE_ONE, KERNEL, RECURRENCE, CORRECTION -> false;
        };
    }

    /// Whether its block corrects a router's choice.
    boolean hasCorrectionBeside() {
        return run.block().parameters().stream().anyMatch(other -> other.kind() == Parameter.Kind.CORRECTION);
    }

    /// Experts that one token passes, where this is a tensor of experts a router chooses from.
    OptionalLong chosenExperts() {
        for (Operator reader : readers) {
            if (reader instanceof Operator.GroupedLinear grouped) {
                return OptionalLong.of(grouped.experts().shape().size(Axis.TOP_K));
            }
        }
        return OptionalLong.empty();
    }

    /// Whether it is a table whose rows are looked up.
    boolean isLookedUp() {
        if (parameter.kind() != Parameter.Kind.TABLE) {
            return false;
        }
        for (Operator reader : readers) {
            if (reader instanceof Operator.Embedding) {
                return true;
            }
        }
        return false;
    }

    /// Whether activations are multiplied by it as a matrix.
    boolean isMultiplied() {
        return parameter.kind() != Parameter.Kind.BIAS && isReadByMatrixProduct();
    }

    private boolean isReadByMatrixProduct() {
        for (Operator reader : readers) {
            switch (reader) {
                case Operator.Linear linear -> {
                    return true;
                }
                case Operator.GroupedLinear grouped -> {
                    return true;
                }
                case Operator.Router router -> {
                    return parameter.kind() != Parameter.Kind.CORRECTION;
                }
                case Operator.Embedding embedding -> {}
                case Operator.Normalization normalization -> {}
                case Operator.RotaryEmbedding rotary -> {}
                case Operator.Attention attention -> {}
                case Operator.TokenSelection selection -> {}
                case Operator.Activation activation -> {}
                case Operator.Multiply multiply -> {}
                case Operator.Add add -> {}
                case Operator.Scale scale -> {}
                case Operator.Dispatch dispatch -> {}
                case Operator.Combine combine -> {}
                case Operator.Convolution convolution -> {}
                case Operator.StateSpaceScan scan -> {}
                case Operator.DeltaRule rule -> {}
                case Operator.Concatenate concatenate -> {}
                case Operator.TokenPooling pooling -> {}
                case Operator.Dropout dropout -> {}
                case Operator.CrossEntropy loss -> {}
                case Operator.AddBias bias -> {}
                case Collective collective -> {}
            }
        }
        return false;
    }

    /// Copies times dimensions.
    void count(Tally tally) {
        count(tally, OptionalLong.empty());
    }

    /// The same with as many experts as one token passes, instead of all.
    void countActive(Tally tally) {
        count(tally, chosenExperts());
    }

    private void count(Tally tally, OptionalLong experts) {
        tally.leaf(parameter.name());
        if (copies > 1) {
            tally.times("L", copies);
        }
        for (Shape group : parameter.groups()) {
            for (Dimension dimension : group.dimensions()) {
                switch (dimension) {
                    case Dimension.Fixed(Axis axis, long size) -> {
                        if (axis == Axis.EXPERTS && experts.isPresent()) {
                            tally.times(Axis.TOP_K.letter(), experts.getAsLong());
                        } else {
                            tally.times(axis.letter(), size);
                        }
                    }
                    // A parameter is never as long as a workload: its record refuses such an axis.
                    case Dimension.Open open -> throw new IllegalStateException(parameter.name());
                }
            }
        }
    }
}
