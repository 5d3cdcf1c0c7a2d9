package dev.plimsoll.formats.checkpoint;

import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.units.Bytes;
import dev.plimsoll.model.units.Text;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;

/// Collects a checkpoint while its files are read, and refuses one that would not fit the memory of a small process.
///
/// 400,000 tensors with names of 24 MiB in all: four times a mixture of experts of 671 billion parameters in 8 bits.
public final class CheckpointBuilder {
    private static final int MOST_TENSORS = 400_000;
    private static final long MOST_NAME_BYTES = 24 << 20;
    private static final int ONE_BYTE_CHARACTERS = 256;
    private static final int MOST_CLAIMS = 1000;
    private static final int LONGEST_CLAIM = 4096;

    private final CheckpointFormat format;
    private final List<StoredFile> files = new ArrayList<>();
    private final List<StoredTensor> tensors = new ArrayList<>();
    private final Set<String> names = new HashSet<>();
    private final LinkedHashMap<String, String> metadata = new LinkedHashMap<>();
    private final List<String> notes = new ArrayList<>();
    private long nameBytes;
    private long claimsLeftOut;

    public CheckpointBuilder(CheckpointFormat format) {
        this.format = format;
    }

    public void file(String name, long length) {
        files.add(new StoredFile(name, new Bytes(length)));
    }

    public boolean holds(String tensor) {
        return names.contains(tensor);
    }

    /// The tensors so far.
    public List<StoredTensor> tensors() {
        return Collections.unmodifiableList(tensors);
    }

    /// Adds a tensor.
    ///
    /// @throws InputException when a tensor of that name is there already, or the tensors are too many
    public void tensor(StoredTensor tensor) {
        nameBytes += bytes(tensor.name());
        refuseTooMany(tensor.file(), tensors.size(), nameBytes);
        if (!names.add(tensor.name())) {
            throw InputException.unreadable(
                    Text.printable(tensor.file()) + ": tensor " + Text.printable(tensor.name())
                            + ": found a second time, expected once",
                    "The files do not belong together, or are damaged: fetch them again.");
        }
        tensors.add(tensor);
    }

    /// @param before tensors that are kept already
    /// @param names bytes of all names, the next one's included
    static void refuseTooMany(String file, int before, long names) {
        if (before == MOST_TENSORS || names > MOST_NAME_BYTES) {
            throw InputException.unsupported(
                    Text.printable(file) + ": more than 400,000 tensors or 24 MiB of names, expected fewer",
                    "Give the model's config.json instead.");
        }
    }

    /// What a name takes in memory: two bytes a character as soon as one is not Latin.
    static long bytes(String name) {
        for (int i = 0; i < name.length(); i++) {
            if (name.charAt(i) >= ONE_BYTE_CHARACTERS) {
                return 2L * name.length();
            }
        }
        return name.length();
    }

    /// Keeps what a file says about itself; what it said first counts. Beyond 1,000 claims or 4,096 characters each
    /// they are left out, and a note says so.
    public void claim(String key, String value) {
        if (key.length() > LONGEST_CLAIM || value.length() > LONGEST_CLAIM || metadata.size() == MOST_CLAIMS) {
            claimsLeftOut++;
        } else {
            metadata.putIfAbsent(key, value);
        }
    }

    /// Adds a note.
    ///
    /// @param line printable
    public void note(String line) {
        notes.add(line);
    }

    public Checkpoint build() {
        if (claimsLeftOut > 0) {
            notes.add(claimsLeftOut + " long or surplus entries of the metadata were left out.");
        }
        return new Checkpoint(format, files, tensors, metadata, notes);
    }
}
