package dev.plimsoll.report.data;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.OptionalLong;
import java.util.SequencedMap;

/// A value of an answer.
public sealed interface Data {
    /// Named values in order.
    record Fields(SequencedMap<String, Data> values) implements Data {
        public Fields {
            values = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(values));
        }

        public static Fields empty() {
            return new Fields(new LinkedHashMap<>());
        }

        /// These fields and one more behind them, in place of one of the same name.
        public Fields with(String name, Data value) {
            SequencedMap<String, Data> more = new LinkedHashMap<>(values);
            more.put(name, value);
            return new Fields(more);
        }

        public Fields with(String name, long value) {
            return with(name, new Whole(value));
        }

        /// `null` where there is none.
        public Fields with(String name, OptionalLong value) {
            return with(name, value.isPresent() ? new Whole(value.getAsLong()) : new Nothing());
        }

        public Fields with(String name, double value) {
            return with(name, new Real(value));
        }

        public Fields with(String name, String value) {
            return with(name, new Words(value));
        }

        public Fields with(String name, List<? extends Data> values) {
            return with(name, new Items(List.copyOf(values)));
        }
    }

    record Items(List<Data> values) implements Data {
        public Items {
            values = List.copyOf(values);
        }
    }

    record Whole(long value) implements Data {}

    /// Finite, so that JSON can hold it.
    record Real(double value) implements Data {
        public Real {
            if (!Double.isFinite(value)) {
                throw new IllegalArgumentException("an answer holds finite numbers only: " + value);
            }
        }
    }

    record Words(String value) implements Data {}

    record Truth(boolean value) implements Data {}

    /// What has no value here, for example a cache of an encoder: `null`.
    record Nothing() implements Data {}

    /// A leaf with its path from the root, for example `.parameters.blocks[0].name`.
    record Leaf(String path, Data value) {}

    /// All leaves in order.
    static List<Leaf> leaves(Data root) {
        List<Leaf> leaves = new ArrayList<>();
        collect("", root, leaves);
        return leaves;
    }

    private static void collect(String path, Data data, List<Leaf> leaves) {
        switch (data) {
            case Fields(SequencedMap<String, Data> values) ->
                values.forEach((name, value) -> collect(path + "." + name, value, leaves));
            case Items(List<Data> values) -> {
                for (int i = 0; i < values.size(); i++) {
                    collect(path + "[" + i + "]", values.get(i), leaves);
                }
            }
            case Whole whole -> leaves.add(new Leaf(path, whole));
            case Real real -> leaves.add(new Leaf(path, real));
            case Words words -> leaves.add(new Leaf(path, words));
            case Truth truth -> leaves.add(new Leaf(path, truth));
            case Nothing nothing -> leaves.add(new Leaf(path, nothing));
        }
    }
}
