package dev.plimsoll.planner.device;

import dev.plimsoll.model.execution.PipelineOrder;
import dev.plimsoll.model.execution.Precision;
import dev.plimsoll.model.execution.StagePass;
import dev.plimsoll.model.operator.DeviceGroup;
import dev.plimsoll.model.rewrite.DeviceProgram;
import dev.plimsoll.model.rewrite.GradientSum;
import dev.plimsoll.model.rewrite.ParameterPart;
import dev.plimsoll.model.units.Bytes;
import dev.plimsoll.planner.device.DeviceStates.Held;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/// What a device sends in a whole step, for each kind of exchange and each group.
///
/// Payload only: no headers, and no control messages such as how many rows follow. At the end of the step, parameter by
/// parameter: gradients that a device has only some of are summed over their groups; then all are summed over those that
/// hold the same, and weights that were updated in shares are gathered.
///
/// @param volumes of links over which something was sent
public record DeviceTraffic(SortedMap<Link, Volume> volumes) {
    /// A kind of exchange within a group.
    public record Link(DeviceGroup group, Exchange exchange) implements Comparable<Link> {
        @Override
        public int compareTo(Link other) {
            int groups = group.compareTo(other.group);
            return groups == 0 ? exchange.compareTo(other.exchange) : groups;
        }
    }

    /// @param times exchanged
    /// @param logical bytes of the tensors that were exchanged
    /// @param wire bytes that left the device
    public record Volume(long times, Bytes logical, Bytes wire) {
        Volume plus(Volume other) {
            return new Volume(times + other.times, logical.plus(other.logical), wire.plus(other.wire));
        }
    }

    public static DeviceTraffic of(DeviceRun run) {
        SortedMap<Link, Volume> volumes = new TreeMap<>();
        Map<StagePass, List<Sent>> known = new HashMap<>();
        DeviceProgram program = run.program();
        for (StagePass pass : PipelineOrder.of(
                program.parallelism().pipeline(), program.place().stage(), run.microBatches())) {
            boolean differs = Sent.differs(program.chunks().get(pass.chunk()));
            StagePass key = new StagePass(pass.kind(), pass.chunk(), differs ? pass.microBatch() : 0);
            add(volumes, known.computeIfAbsent(key, missing -> PassTraffic.of(run, missing)));
        }
        add(volumes, endOfStep(run));
        return new DeviceTraffic(volumes);
    }

    private static void add(SortedMap<Link, Volume> volumes, List<Sent> sent) {
        for (Sent one : sent) {
            if (one.wire().count() > 0) {
                volumes.merge(
                        new Link(one.group(), one.exchange()), new Volume(1, one.logical(), one.wire()), Volume::plus);
            }
        }
    }

    /// Exchanges of one pass, in execution order, those of groups of one device included.
    public static List<Sent> of(DeviceRun run, StagePass pass) {
        return PassTraffic.of(run, pass);
    }

    /// Exchanges after the last pass, in their order.
    public static List<Sent> endOfStep(DeviceRun run) {
        DeviceProgram program = run.program();
        DeviceStates states = DeviceStates.of(program, run.optimizer());
        Precision precision = states.precision();
        Map<String, Held> held = new HashMap<>();
        states.tensors().forEach(tensor -> held.put(tensor.tensor(), tensor));
        List<Sent> sent = new ArrayList<>();
        for (ParameterPart part : program.parameters()) {
            for (GradientSum sum : program.sums()) {
                if (sum.tensor().equals(part.tensor())) {
                    long gradients = gradients(held, part);
                    sent.add(ParameterTraffic.of(program, part).sumOver(sum.group(), gradients, precision.gradients()));
                }
            }
        }
        for (ParameterPart part : program.parameters()) {
            if (gradients(held, part) > 0) {
                reduce(program, ParameterTraffic.of(program, part), gradients(held, part), precision, sent);
            }
        }
        for (ParameterPart part : program.parameters()) {
            if (gradients(held, part) > 0 && gathersUpdated(program)) {
                sent.add(ParameterTraffic.of(program, part).gather(precision.weights()));
            }
        }
        return sent;
    }

    private static long gradients(Map<String, Held> held, ParameterPart part) {
        Held tensor = held.get(part.tensor());
        return tensor == null ? 0 : tensor.gradients();
    }

    /// @param held elements of the gradient that the device holds
    private static void reduce(
            DeviceProgram program, ParameterTraffic parameter, long held, Precision precision, List<Sent> sent) {
        switch (program.parallelism().data().sharding()) {
            case NONE -> sent.add(parameter.sumOverReplicas(precision.gradients()));
            case OPTIMIZER -> {
                sent.add(parameter.scatter(precision.gradients()));
                sent.add(parameter.sumOverGroups(parameter.share(), precision.gradients()));
            }
            case GRADIENTS, WEIGHTS -> sent.add(parameter.sumOverGroups(held, precision.gradients()));
        }
    }

    private static boolean gathersUpdated(DeviceProgram program) {
        return switch (program.parallelism().data().sharding()) {
            case OPTIMIZER, GRADIENTS -> true;
            case NONE, WEIGHTS -> false;
        };
    }

    /// Bytes that leave the device.
    public Bytes wire() {
        return volumes.values().stream().map(Volume::wire).reduce(Bytes.ZERO, Bytes::plus);
    }

    /// Bytes that leave the device over one link.
    public Bytes wire(DeviceGroup group, Exchange exchange) {
        Volume volume = volumes.get(new Link(group, exchange));
        return volume == null ? Bytes.ZERO : volume.wire();
    }
}
