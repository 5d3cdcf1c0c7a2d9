package dev.plimsoll.planner.device;

import dev.plimsoll.model.operator.DeviceGroup;
import dev.plimsoll.model.rewrite.DeviceProgram;
import dev.plimsoll.model.rewrite.ParameterPart;
import dev.plimsoll.model.shape.DataType;
import dev.plimsoll.model.units.Bytes;
import java.util.List;

/// What a device sends of one parameter, its weights or its gradient, taken flat.
record ParameterTraffic(DeviceProgram program, ParameterPart part, SharingGroup sharing) {
    static ParameterTraffic of(DeviceProgram program, ParameterPart part) {
        return new ParameterTraffic(program, part, SharingGroup.of(program, part));
    }

    /// All shares of the group that deals it out.
    Sent gather(DataType type) {
        return sent("weights", Exchange.ALL_GATHER, part.replicas(), type, elements(), shares().allGather());
    }

    /// The group's sum, a share to each.
    Sent scatter(DataType type) {
        return sent("gradient", Exchange.REDUCE_SCATTER, part.replicas(), type, elements(), shares().reduceScatter());
    }

    /// The sum over all that hold the same.
    Sent sumOverReplicas(DataType type) {
        return sumOver(part.replicas(), elements(), type);
    }

    /// The sum of a share over the groups that deal it out.
    ///
    /// @param share elements of it
    Sent sumOverGroups(long share, DataType type) {
        RingParts parts = new RingParts(share, sharing.groups(), sharing.group());
        return sent("gradient", Exchange.ALL_REDUCE, part.replicas(), type, share, parts.allReduce());
    }

    /// Elements of the device's share, padding left out.
    long share() {
        return shares().part(sharing.member());
    }

    /// The sum of what is held of the gradient over a group.
    Sent sumOver(DeviceGroup group, long held, DataType type) {
        List<Integer> members = program.members(group);
        RingParts parts = new RingParts(held, members.size(), members.indexOf(program.rank()));
        return sent("gradient", Exchange.ALL_REDUCE, group, type, held, parts.allReduce());
    }

    private long elements() {
        return part.part().elements();
    }

    private RingParts shares() {
        return new RingParts(elements(), sharing.members(), sharing.member());
    }

    private Sent sent(String what, Exchange exchange, DeviceGroup group, DataType type, long logical, long wire) {
        Bytes whole = type.bytes(logical);
        return new Sent(part.tensor() + " " + what, exchange, group, whole, type.bytes(wire));
    }
}
