package dev.plimsoll.planner.device;

import dev.plimsoll.model.rewrite.DeviceProgram;
import dev.plimsoll.model.rewrite.ParameterPart;
import java.util.List;

/// The devices among which a parameter's states are dealt out, and the other such groups that hold the same.
///
/// All that hold the same part of the parameter, or, in hybrid sharding, runs of them.
///
/// @param members of one group
/// @param member this device's place in its group
/// @param groups how many groups there are
/// @param group which of them this device's is
record SharingGroup(int members, int member, int groups, int group) {
    static SharingGroup of(DeviceProgram program, ParameterPart part) {
        List<Integer> all = program.members(part.replicas());
        int replicas = program.parallelism().data().degree();
        int shards = program.parallelism().data().shards();
        int members = Math.max(1, all.size() * shards / replicas);
        int place = all.indexOf(program.rank());
        return new SharingGroup(members, place % members, all.size() / members, place / members);
    }
}
