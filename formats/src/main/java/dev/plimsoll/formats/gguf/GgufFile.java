package dev.plimsoll.formats.gguf;

import dev.plimsoll.formats.checkpoint.Checkpoint;
import dev.plimsoll.formats.checkpoint.CheckpointBuilder;
import dev.plimsoll.formats.checkpoint.CheckpointFormat;
import dev.plimsoll.formats.source.ByteSource;
import dev.plimsoll.formats.source.SourceFolder;
import dev.plimsoll.model.failure.InputException;
import java.math.BigInteger;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.Optional;

/// What the header of a GGUF file says, or the headers of all parts of a split one.
///
/// @param version 1 to 3
/// @param metadata of the file, or of the first part
/// @param checkpoint the tensors, of all parts
public record GgufFile(int version, ByteOrder order, GgufMetadata metadata, Checkpoint checkpoint) {

    /// Reads a file; where it is part of a split one, all parts.
    ///
    /// @param file the file, which the caller closes
    /// @param fileName its name, by which a part is known: `name-00001-of-00005.gguf`
    /// @param folder where the other parts lie
    /// @throws InputException when a header is not what its format says, a part is missing or is of another file
    public static GgufFile read(ByteSource file, String fileName, SourceFolder folder) {
        CheckpointBuilder builder = new CheckpointBuilder(CheckpointFormat.GGUF);
        Optional<GgufPart> part = GgufPart.of(fileName);
        GgufHeader.Read first =
                part.isPresent() ? readParts(part.get(), file, folder, builder) : readWhole(file, fileName, builder);
        claim(first.metadata(), builder);
        return new GgufFile(first.version(), first.order(), first.metadata(), builder.build());
    }

    private static GgufHeader.Read readWhole(ByteSource file, String fileName, CheckpointBuilder builder) {
        GgufHeader.Read header = GgufHeader.read(file, fileName, builder);
        long parts = header.metadata().whole("split.count").orElse(0);
        if (parts > 1) {
            throw InputException.unreadable(
                    file.name() + ": is one of " + parts + " parts, but its name does not say which",
                    "Give the parts their names back: NAME-00001-of-0000N.gguf.");
        }
        return header;
    }

    private static GgufHeader.Read readParts(
            GgufPart given, ByteSource file, SourceFolder folder, CheckpointBuilder builder) {
        GgufHeader.Read first = readPart(given.sibling(1), given, file, folder, builder);
        for (int number = 2; number <= given.count(); number++) {
            readPart(given.sibling(number), given, file, folder, builder);
        }
        long claimed = first.metadata()
                .whole("split.tensors.count")
                .orElse(builder.tensors().size());
        if (claimed != builder.tensors().size()) {
            throw InputException.unreadable(
                    file.name() + ": split.tensors.count is " + claimed + ", expected "
                            + builder.tensors().size() + ", the tensors of all parts",
                    "The parts do not belong together: fetch all of them again.");
        }
        return first;
    }

    private static GgufHeader.Read readPart(
            GgufPart part, GgufPart given, ByteSource file, SourceFolder folder, CheckpointBuilder builder) {
        if (part.equals(given)) {
            return checked(part, file, GgufHeader.read(file, part.fileName(), builder));
        }
        try (ByteSource source = folder.open(file.name(), part.fileName())) {
            return checked(part, source, GgufHeader.read(source, part.fileName(), builder));
        }
    }

    private static GgufHeader.Read checked(GgufPart part, ByteSource source, GgufHeader.Read header) {
        long number = header.metadata().whole("split.no").orElse(part.number() - 1);
        long count = header.metadata().whole("split.count").orElse(part.count());
        if (number != part.number() - 1 || count != part.count()) {
            throw InputException.unreadable(
                    source.name() + ": says it is part " + number + " (from 0) of " + count + ", expected "
                            + (part.number() - 1) + " of " + part.count() + " by its name",
                    "The parts were renamed or mixed: fetch them again.");
        }
        return header;
    }

    /// What the file says of itself in general, as text.
    private static void claim(GgufMetadata metadata, CheckpointBuilder builder) {
        for (Map.Entry<String, GgufValue> entry : metadata.values().entrySet()) {
            String key = entry.getKey();
            if (key.startsWith("general.")) {
                switch (entry.getValue()) {
                    case GgufValue.Words(String text) -> builder.claim(key, text);
                    case GgufValue.Whole(BigInteger number) -> builder.claim(key, number.toString());
                    case GgufValue.Real _, GgufValue.Flag _, GgufValue.Array _, GgufValue.Skipped _ -> {}
                }
            }
        }
    }
}
