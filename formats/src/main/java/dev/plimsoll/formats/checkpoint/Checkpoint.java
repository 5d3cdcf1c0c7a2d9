package dev.plimsoll.formats.checkpoint;

import dev.plimsoll.model.units.Bytes;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/// What the headers of a model's files say.
///
/// @param files all files that were looked into, in order
/// @param tensors in the files' order, names distinct; none for a pickle
/// @param metadata what the files claim about themselves, such as `total_size`; never used in place of the tensors
/// @param notes what a reader should know and no figure shows, one line each, printable
public record Checkpoint(
        CheckpointFormat format,
        List<StoredFile> files,
        List<StoredTensor> tensors,
        SequencedMap<String, String> metadata,
        List<String> notes) {

    public Checkpoint {
        files = List.copyOf(files);
        tensors = List.copyOf(tensors);
        metadata = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(metadata));
        notes = List.copyOf(notes);
    }

    /// Elements of all tensors: the stored count, buffers, tied copies and scales included.
    public long elements() {
        return tensors.stream().mapToLong(StoredTensor::elements).reduce(0, Math::addExact);
    }

    /// Bytes of all tensors, without headers and padding.
    public Bytes tensorBytes() {
        return tensors.stream().map(StoredTensor::bytes).reduce(Bytes.ZERO, Bytes::plus);
    }

    /// Bytes of all files.
    public Bytes fileBytes() {
        return files.stream().map(StoredFile::length).reduce(Bytes.ZERO, Bytes::plus);
    }
}
