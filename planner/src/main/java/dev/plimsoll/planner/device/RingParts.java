package dev.plimsoll.planner.device;

/// How many elements one member of a ring sends, where elements are cut into a part for each member.
///
/// A part is `ceil(E / n)` elements; the last parts are what is left, or nothing. A reduce-scatter sends every part but the
/// own; an all-gather every part but the next member's; an all-reduce is one behind the other: `2(n - 1)/n` of all
/// where parts are equal. Source: Patarasuk and Yuan 2009, section 3.
///
/// @param elements of the whole
/// @param members of the ring, at least 1
/// @param member this one, from 0
record RingParts(long elements, int members, int member) {
    /// Elements of a part, of which the last ones are padding where the elements do not divide.
    static long padded(long elements, long members) {
        return Math.ceilDiv(elements, members);
    }

    long part(int number) {
        long length = padded(elements, members);
        return Math.clamp(elements - number * length, 0, length);
    }

    long reduceScatter() {
        return members == 1 ? 0 : elements - part(member);
    }

    long allGather() {
        return members == 1 ? 0 : elements - part((member + 1) % members);
    }

    long allReduce() {
        return reduceScatter() + allGather();
    }
}
