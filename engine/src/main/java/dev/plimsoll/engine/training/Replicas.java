package dev.plimsoll.engine.training;

import dev.plimsoll.engine.device.Group;
import dev.plimsoll.engine.device.Links;
import dev.plimsoll.engine.device.Ring;
import dev.plimsoll.model.execution.Parallelism.DataParallel;
import dev.plimsoll.model.execution.Parallelism.Sharding;
import dev.plimsoll.model.operator.DeviceGroup;
import dev.plimsoll.model.rewrite.DeviceProgram;
import dev.plimsoll.model.rewrite.ParameterPart;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The devices that hold the same part of a parameter and see other tokens, and how they share it out: among all of
/// them, or within runs of neighbours (hybrid sharding), which then hold the same.
final class Replicas {
    private final DeviceProgram program;
    private final Links links;
    private final Map<String, DeviceGroup> groups = new HashMap<>();

    Replicas(DeviceProgram program, Links links) {
        this.program = program;
        this.links = links;
        for (ParameterPart part : program.parameters()) {
            groups.put(part.tensor(), part.replicas());
        }
    }

    /// What this device has of a parameter to change.
    Shard shard(ParameterPlace place) {
        Sharding sharding = program.parallelism().data().sharding();
        int elements = Math.toIntExact(place.parameter().elements());
        if (sharding == Sharding.NONE) {
            return Shard.whole(elements);
        }
        Ring ring = links.ring(sharers(group(place)));
        return new Shard(sharding, ring.place(), ring.size(), elements);
    }

    Ring all(HeldParameter parameter) {
        return links.ring(members(group(parameter.place())));
    }

    /// Those that share it out with this device.
    Ring sharers(HeldParameter parameter) {
        return links.ring(sharers(group(parameter.place())));
    }

    /// Those of the other runs that have the same shard as this device.
    Ring otherRuns(HeldParameter parameter) {
        Group all = members(group(parameter.place()));
        int run = run(all);
        List<Integer> same = new ArrayList<>();
        for (int i = all.place(program.rank()) % run; i < all.size(); i += run) {
            same.add(all.devices().get(i));
        }
        return links.ring(new Group(all.name(), same));
    }

    private Group sharers(DeviceGroup group) {
        Group all = members(group);
        int run = run(all);
        int first = all.place(program.rank()) / run * run;
        return new Group(all.name(), all.devices().subList(first, first + run));
    }

    private int run(Group all) {
        DataParallel data = program.parallelism().data();
        return Math.max(1, all.size() * data.shards() / data.degree());
    }

    private DeviceGroup group(ParameterPlace place) {
        DeviceGroup group = groups.get(place.name());
        if (group == null) {
            throw new IllegalStateException("the device has no part of " + place.name());
        }
        return group;
    }

    private Group members(DeviceGroup group) {
        return new Group(group.name(), program.members(group));
    }
}
