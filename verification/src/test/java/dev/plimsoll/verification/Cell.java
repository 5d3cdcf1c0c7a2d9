package dev.plimsoll.verification;

import java.util.ArrayList;
import java.util.List;

/// Something of a description or of a way to run it, and how it was executed.
///
/// @param subject a type's or a constant's name within its package, for example `AttentionMask.Causal`
/// @param way for example `gradient, tiled`
record Cell(String subject, String way) implements Comparable<Cell> {
    static Cell of(Object subject, String way) {
        return new Cell(subject instanceof Enum<?> constant ? name(constant) : name(subject.getClass()), way);
    }

    private static String name(Enum<?> constant) {
        return name(constant.getDeclaringClass()) + "." + constant.name();
    }

    static String name(Class<?> type) {
        return type.getCanonicalName().substring(type.getPackageName().length() + 1);
    }

    /// The names of all that a sealed interface permits, or of all constants.
    static List<String> subjects(Class<?> type) {
        List<String> names = new ArrayList<>();
        if (type.isEnum()) {
            for (Object constant : type.getEnumConstants()) {
                names.add(name((Enum<?>) constant));
            }
        } else {
            for (Class<?> permitted : type.getPermittedSubclasses()) {
                names.addAll(permitted.isSealed() ? subjects(permitted) : List.of(name(permitted)));
            }
        }
        return names;
    }

    @Override
    public int compareTo(Cell other) {
        int bySubject = subject.compareTo(other.subject);
        return bySubject == 0 ? way.compareTo(other.way) : bySubject;
    }
}
