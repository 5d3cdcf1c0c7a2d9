package dev.plimsoll.planner.result;

import java.util.ArrayList;
import java.util.List;

/// Keeps every factor, for explanations and for tables.
public final class RecordingTally implements Tally {
    private final String name;
    private final List<Group> groups = new ArrayList<>();

    /// @param name what the whole is called
    public RecordingTally(String name) {
        this.name = name;
    }

    @Override
    public Tally group(String groupName) {
        groups.add(new Group(groupName, new ArrayList<>()));
        return this;
    }

    @Override
    public Tally leaf(String leafName) {
        if (groups.isEmpty()) {
            group(name);
        }
        groups.getLast().leaves.add(new Leaf(leafName, new ArrayList<>()));
        return this;
    }

    @Override
    public Tally times(String symbol, long value) {
        groups.getLast().leaves.getLast().factors.add(new Factor(symbol, value));
        return this;
    }

    @Override
    public Tally timesSum(String symbol, long times, long first, long second) {
        groups.getLast().leaves.getLast().factors.add(Factor.sum(symbol, times, first, second));
        return this;
    }

    @Override
    public Tally times(long constant) {
        return times(Long.toString(constant), constant);
    }

    /// The whole by groups and leaves; groups that counted nothing are left out.
    public Breakdown breakdown() {
        return Breakdown.sum(
                name,
                groups.stream()
                        .filter(group -> !group.leaves.isEmpty())
                        .map(Group::breakdown)
                        .toList());
    }

    private record Group(String name, List<Leaf> leaves) {
        private Breakdown breakdown() {
            return Breakdown.sum(name, leaves.stream().map(Leaf::breakdown).toList());
        }
    }

    private record Leaf(String name, List<Factor> factors) {
        /// A number without dimensions has no factors, and is one all the same.
        private Breakdown breakdown() {
            return Breakdown.leaf(name, factors.isEmpty() ? List.of(new Factor("1", 1)) : factors);
        }
    }
}
