package dev.plimsoll.verification;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.SequencedMap;
import java.util.Set;

/// Named whole numbers of one side, in the order in which they were found.
public final class Figures {
    private final SequencedMap<String, Long> values = new LinkedHashMap<>();

    /// @throws IllegalArgumentException where the name was used before
    public void put(String name, long value) {
        if (values.putIfAbsent(name, value) != null) {
            throw new IllegalArgumentException("two figures are called " + name);
        }
    }

    /// Adds to a figure, which begins at zero; nothing is noted down where nothing is added.
    public void add(String name, long value) {
        if (value != 0) {
            values.merge(name, value, Math::addExact);
        }
    }

    /// Each figure of either side beside that of the other; one that a side lacks differs.
    public static List<Compared> compare(Figures predicted, Figures measured) {
        Set<String> names = new LinkedHashSet<>(predicted.values.keySet());
        names.addAll(measured.values.keySet());
        List<Compared> rows = new ArrayList<>();
        for (String name : names) {
            rows.add(new Compared(name, predicted.value(name), measured.value(name)));
        }
        return rows;
    }

    private OptionalLong value(String name) {
        Long value = values.get(name);
        return value == null ? OptionalLong.empty() : OptionalLong.of(value);
    }
}
