package dev.plimsoll.planner.serving;

import dev.plimsoll.planner.result.Tally;
import java.util.List;

/// States that are allocated for each sequence, apart from pages.
record CarriedStates(List<DeviceState> states) implements CachePool {
    CarriedStates {
        states = List.copyOf(states);
    }

    @Override
    public void count(long tokens, long sequences, Tally tally) {
        for (DeviceState state : states) {
            tally.group(state.block());
            state.count(sequences, tally);
        }
    }

    @Override
    public void countToken(Tally tally) {}
}
