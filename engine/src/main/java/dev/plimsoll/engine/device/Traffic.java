package dev.plimsoll.engine.device;

import dev.plimsoll.model.units.Bytes;
import java.util.Map;
import java.util.TreeMap;

/// Bytes that one device has put on the wire, for each kind of exchange and each group.
public final class Traffic {
    private final Map<Link, Long> bytes = new TreeMap<>();

    /// @param group its name
    public record Link(Exchange exchange, String group) implements Comparable<Link> {
        @Override
        public int compareTo(Link other) {
            int groups = group.compareTo(other.group);
            return groups == 0 ? exchange.compareTo(other.exchange) : groups;
        }
    }

    void sent(Exchange exchange, Group group, long count) {
        if (count > 0) {
            bytes.merge(new Link(exchange, group.name()), count, Math::addExact);
        }
    }

    /// Nothing is listed where nothing was sent.
    public Map<Link, Bytes> sent() {
        Map<Link, Bytes> sent = new TreeMap<>();
        bytes.forEach((link, count) -> sent.put(link, new Bytes(count)));
        return sent;
    }

    /// Starts anew.
    public void clear() {
        bytes.clear();
    }
}
