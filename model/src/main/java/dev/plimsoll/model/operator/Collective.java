package dev.plimsoll.model.operator;

import dev.plimsoll.model.shape.Axis;
import java.util.List;

/// What the devices of a group do together: each has its own input and gets its own output.
///
/// A device's part of an axis is a slice as long as the others', the slices in the order of the group's devices. What
/// one of them is forward, its conjugate is backward: copy and all-reduce, all-gather and reduce-scatter; an exchange is
/// its own. Source: Shoeybi et al. 2019 (Megatron-LM), section 3 (`f` and `g`); Korthikanti et al. 2022, section 4.2.2
/// (`g` and its conjugate along the sequence).
public sealed interface Collective extends Operator {
    DeviceGroup group();

    /// What it reads first.
    Value input();

    @Override
    default List<Value> reads() {
        return List.of(input());
    }

    /// Forward a copy of what all devices have alike; the gradients of the copies are summed over the group.
    record Copy(String name, Role role, DeviceGroup group, Value input, Value output) implements Collective {}

    /// The sum over the group, for each device; the gradient is a copy.
    record AllReduce(String name, Role role, DeviceGroup group, Value input, Value output) implements Collective {}

    /// All parts along an axis, one behind the other, for each device; gradients are summed and cut into parts.
    record AllGather(String name, Role role, DeviceGroup group, Axis axis, Value input, Value output)
            implements Collective {}

    /// The sum over the group, cut along an axis into a part for each device; gradients are gathered.
    record ReduceScatter(String name, Role role, DeviceGroup group, Axis axis, Value input, Value output)
            implements Collective {}

    /// Cuts its part along one axis and sends each device of the group one piece, and puts what it gets behind one
    /// another along another axis; the gradient goes the other way.
    ///
    /// Source: Jacobs et al. 2023 (DeepSpeed Ulysses), section 3.1.
    ///
    /// @param cut the axis that the output has less of, for example heads
    /// @param joined the axis that the output has more of, for example the sequence
    record AllToAll(String name, Role role, DeviceGroup group, Axis cut, Axis joined, Value input, Value output)
            implements Collective {}

    /// Sends each copy of a token to the device that holds its expert, with the expert's number.
    ///
    /// Copies arrive in the order of the group's devices, and of each in the order of the input. The gradients of the
    /// copies go back the same way.
    ///
    /// @param input `[.., e, h]`
    /// @param experts whose copies they are, `[.., e]`
    /// @param expertsEach how many experts a device of the group holds; its first is that many times its place
    /// @param output `[x, h]`
    /// @param numbers which of the device's own experts each copy is for, from 0, `[x]`
    record SendToExperts(
            String name,
            Role role,
            DeviceGroup group,
            Value input,
            Value experts,
            long expertsEach,
            Value output,
            Value numbers)
            implements Collective {
        @Override
        public List<Value> reads() {
            return List.of(input, experts);
        }

        @Override
        public List<Value> writes() {
            return List.of(output, numbers);
        }
    }

    /// Sends what the experts made of each copy back to the token's device.
    ///
    /// @param input `[x, h]`, in the order in which the copies arrived
    /// @param experts whose copies they were, `[.., e]`
    /// @param expertsEach how many experts a device of the group holds
    /// @param output `[.., e, h]`
    record ReturnFromExperts(
            String name, Role role, DeviceGroup group, Value input, Value experts, long expertsEach, Value output)
            implements Collective {
        @Override
        public List<Value> reads() {
            return List.of(input, experts);
        }
    }

    /// An attention core whose keys and values travel round the group: each device attends from its own queries to one
    /// device's keys at a time. In the backward pass keys, values and their gradients travel.
    ///
    /// Source: Liu et al. 2023 (Ring Attention), section 3.
    ///
    /// @param core what it would be on one device; here its tokens are those of one device
    record RingAttention(DeviceGroup group, Operator.Attention core) implements Collective {
        @Override
        public String name() {
            return core.name();
        }

        @Override
        public Role role() {
            return core.role();
        }

        @Override
        public Value input() {
            return core.query();
        }

        @Override
        public Value output() {
            return core.output();
        }

        @Override
        public List<Value> reads() {
            return core.reads();
        }

        @Override
        public List<Parameter> parameters() {
            return core.parameters();
        }
    }

    /// The mean cross entropy over a vocabulary of which each device of the group has a part of the logits.
    ///
    /// Three numbers a token are reduced over the group: the largest logit, the sum of exponentials, the target's logit.
    /// The gradient needs no exchange. Source: Shoeybi et al. 2019 (Megatron-LM), section 3.
    ///
    /// @param logits `[b, s, V]` of this device
    /// @param targets `[b, s]`, numbered over the whole vocabulary
    /// @param firstToken the number of the first token of this device's part
    /// @param output one number, the same on each device
    record VocabularyCrossEntropy(
            String name, Role role, DeviceGroup group, Value logits, Value targets, long firstToken, Value output)
            implements Collective {
        @Override
        public Value input() {
            return logits;
        }

        @Override
        public List<Value> reads() {
            return List.of(logits, targets);
        }
    }
}
