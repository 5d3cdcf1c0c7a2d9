package dev.plimsoll.engine.device;

import dev.plimsoll.engine.tensor.Rounding;
import dev.plimsoll.model.shape.DataType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// One device's side of the exchanges within a group.
///
/// What is sent round a ring goes from each device to the next of the group. Parts may differ in length, and be empty.
/// Bytes are those of the elements in the data type that they are held in; a device alone sends none.
public final class Ring {
    private final Network network;
    private final Traffic traffic;
    private final Group group;
    private final int device;
    private final int place;

    Ring(Network network, Traffic traffic, Group group, int device) {
        this.network = network;
        this.traffic = traffic;
        this.group = group;
        this.device = device;
        this.place = group.place(device);
    }

    public int size() {
        return group.size();
    }

    /// This device's place in the group.
    public int place() {
        return place;
    }

    /// Where the parts of `count` elements begin that the devices of this group have, and where the last one ends: all
    /// of `ceil(count / devices)` elements but the last ones, which have what is left.
    public int[] bounds(int count) {
        int length = Math.ceilDiv(count, size());
        int[] bounds = new int[size() + 1];
        Arrays.setAll(bounds, part -> (int) Math.min(count, (long) part * length));
        return bounds;
    }

    /// The sum, or the greatest, over all devices; the same bits on each of them.
    ///
    /// A reduce-scatter of the parts of [#bounds(int)], then an all-gather: this device sends everything twice but its own part
    /// and the next device's. Each part is summed from the device behind its own round to its own, and rounded to the
    /// data type on each device.
    public void allReduce(float[] values, Reduction reduction, DataType type) {
        int[] bounds = bounds(values.length);
        float[] own = reduceRound(values, bounds, reduction, type, Exchange.ALL_REDUCE);
        List<Payload> parts = gatherRound(new Payload.Floats(own), type, Exchange.ALL_REDUCE);
        for (int part = 0; part < size(); part++) {
            float[] reduced = floats(parts.get(part));
            System.arraycopy(reduced, 0, values, bounds[part], reduced.length);
        }
    }

    /// This device's part of the sum over all devices: it sends every part but its own.
    ///
    /// @param values as long on every device
    /// @param bounds where parts begin, one more at the end
    public float[] reduceScatter(float[] values, int[] bounds, DataType type) {
        return reduceRound(values, bounds, Reduction.SUM, type, Exchange.REDUCE_SCATTER);
    }

    /// Every device's part, in the order of the group: this device sends every part but the next device's.
    public List<Payload> allGather(Payload own, DataType type) {
        return gatherRound(own, type, Exchange.ALL_GATHER);
    }

    /// What every device has for this one, in the order of the group, each straight to its receiver.
    ///
    /// @param pieces for each device of the group; this device's own piece stays
    public List<Payload> allToAll(List<Payload> pieces, DataType type) {
        for (int step = 1; step < size(); step++) {
            int to = neighbour(step);
            sent(Exchange.ALL_TO_ALL, pieces.get(to), type);
            network.send(device, group.devices().get(to), name("all-to-all"), pieces.get(to));
        }
        List<Payload> received = new ArrayList<>(pieces);
        for (int step = 1; step < size(); step++) {
            int from = neighbour(-step);
            received.set(from, network.receive(device, group.devices().get(from), name("all-to-all")));
        }
        return received;
    }

    /// What every device says, in the order of the group. Such messages steer; their bytes are not counted.
    public int[] tell(int own) {
        int[] same = new int[size()];
        Arrays.fill(same, own);
        return tellEach(same);
    }

    /// What every device says to this one, in the order of the group; not counted either.
    ///
    /// @param words for each device of the group
    public int[] tellEach(int[] words) {
        for (int step = 1; step < size(); step++) {
            int to = neighbour(step);
            network.send(device, group.devices().get(to), name("word"), new Payload.Integers(new int[] {words[to]}));
        }
        int[] heard = words.clone();
        for (int step = 1; step < size(); step++) {
            int from = neighbour(-step);
            heard[from] = switch (network.receive(device, group.devices().get(from), name("word"))) {
                case Payload.Integers(int[] values) -> values[0];
                case Payload.Floats _ ->
                    throw new IllegalStateException("other numbers where whole ones were expected");
            };
        }
        return heard;
    }

    /// Sends to the next device of the ring and receives from the one before.
    public Payload shift(Payload payload, DataType type) {
        return pass(payload, type, Exchange.SEND);
    }

    /// Sends to one device of the group.
    ///
    /// @param name what sender and receiver call it
    public void send(int to, String name, Payload payload, DataType type) {
        if (to != place) {
            sent(Exchange.SEND, payload, type);
        }
        network.send(device, group.devices().get(to), name(name), payload);
    }

    public Payload receive(int from, String name) {
        return network.receive(device, group.devices().get(from), name(name));
    }

    private float[] reduceRound(float[] values, int[] bounds, Reduction reduction, DataType type, Exchange exchange) {
        int first = neighbour(-1);
        float[] part = Arrays.copyOfRange(values, bounds[first], bounds[first + 1]);
        for (int step = 0; step < size() - 1; step++) {
            float[] received = floats(pass(new Payload.Floats(part), type, exchange));
            int number = neighbour(-step - 2);
            part = received.clone();
            reduction.into(part, values, bounds[number]);
            Rounding.round(type, part);
        }
        return part;
    }

    private List<Payload> gatherRound(Payload own, DataType type, Exchange exchange) {
        List<Payload> parts = new ArrayList<>();
        for (int part = 0; part < size(); part++) {
            parts.add(own);
        }
        Payload passed = own;
        for (int step = 0; step < size() - 1; step++) {
            passed = pass(passed, type, exchange);
            parts.set(neighbour(-step - 1), passed);
        }
        return parts;
    }

    private Payload pass(Payload payload, DataType type, Exchange exchange) {
        if (size() == 1) {
            return payload;
        }
        sent(exchange, payload, type);
        network.send(device, group.devices().get(neighbour(1)), name("ring"), payload);
        return network.receive(device, group.devices().get(neighbour(-1)), name("ring"));
    }

    private int neighbour(int steps) {
        return Math.floorMod(place + steps, size());
    }

    private String name(String what) {
        return group.name() + group.devices() + " " + what;
    }

    private void sent(Exchange exchange, Payload payload, DataType type) {
        traffic.sent(exchange, group, type.bytes(payload.elements()).count());
    }

    private static float[] floats(Payload payload) {
        return switch (payload) {
            case Payload.Floats(float[] values) -> values;
            case Payload.Integers _ -> throw new IllegalStateException("whole numbers where others were expected");
        };
    }
}
