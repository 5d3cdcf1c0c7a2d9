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
/// 500,000 tensors with names of 32 Mi characters in all: five times a mixture of experts of 671 billion parameters.
public final class CheckpointBuilder {
    private static final int MOST_TENSORS = 500_000;
    private static final long MOST_NAME_CHARACTERS = 32 << 20;
    private static final int MOST_CLAIMS = 1000;
    private static final int LONGEST_CLAIM = 4096;

    private final CheckpointFormat format;
    private final List<StoredFile> files = new ArrayList<>();
    private final List<StoredTensor> tensors = new ArrayList<>();
    private final Set<String> names = new HashSet<>();
    private final LinkedHashMap<String, String> metadata = new LinkedHashMap<>();
    private final List<String> notes = new ArrayList<>();
    private long nameCharacters;
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
        nameCharacters += tensor.name().length();
        refuseTooMany(tensor.file(), tensors.size(), nameCharacters);
        if (!names.add(tensor.name())) {
            throw InputException.unreadable(
                    Text.printable(tensor.file()) + ": tensor " + Text.printable(tensor.name())
                            + ": found a second time, expected once",
                    "The files do not belong together, or are damaged: fetch them again.");
        }
        tensors.add(tensor);
    }

    /// @param before tensors that are kept already
    /// @param characters of all names, the next one's included
    static void refuseTooMany(String file, int before, long characters) {
        if (before == MOST_TENSORS || characters > MOST_NAME_CHARACTERS) {
            throw InputException.unsupported(
                    Text.printable(file) + ": more than 500,000 tensors or 32 Mi characters of names, expected fewer",
                    "Give the model's config.json instead.");
        }
    }

    /// Keeps what a file says about itself; what it said first counts. Beyond 1,000 claims or 4,096 characters each
    /// they
    /// are left out, and a note says so.
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
