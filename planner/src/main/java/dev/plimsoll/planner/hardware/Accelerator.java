package dev.plimsoll.planner.hardware;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;

/// A kind of device: what it holds, moves and computes.
///
/// @param name what `--gpu` calls it, for example `a100-80g`
/// @param aliases other names for it
/// @param product as its vendor calls it
/// @param architecture for example `hopper`; siblings share laws of efficiency
/// @param memory the whole memory, in bytes
/// @param usableMemory what driver and error correction leave to programs, in bytes
/// @param memoryBandwidth bytes a second
/// @param peaks dense matrix products, operations a second; a type that is missing is not published or not supported
/// @param multiprocessors units that take thread blocks, where they are published
/// @param host the link to the host
/// @param power the most it may draw
/// @param node how it is usually built in
public record Accelerator(
        String name,
        List<String> aliases,
        String product,
        String architecture,
        Figure memory,
        Figure usableMemory,
        Figure memoryBandwidth,
        SequencedMap<MathType, Figure> peaks,
        Optional<Integer> multiprocessors,
        Optional<Interconnect> host,
        Optional<Figure> power,
        Node node) {
    public Accelerator {
        aliases = List.copyOf(aliases);
        peaks = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(peaks));
        if (usableMemory.value() > memory.value()) {
            throw new IllegalArgumentException(name + " cannot use more memory than it has");
        }
    }

    /// The dense peak for that kind of numbers, operations a second; empty where none is published.
    public Optional<Figure> peak(MathType type) {
        return Optional.ofNullable(peaks.get(type));
    }
}
