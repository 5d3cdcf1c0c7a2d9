package dev.plimsoll.formats.hub;

import dev.plimsoll.model.units.Text;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;

/// The pieces of one model's files that were read before.
///
/// Below the cache's folder: hub, model, then `refs/REVISION` or `COMMIT/FILE`, hashed since case and characters of
/// names do not survive every file system; in it one file a piece, named by its offset:
///
/// ```text
/// SHA-256 of all that follows (32 bytes), length of the remote file (8), offset in it (8), the piece
/// ```
///
/// A piece is written aside and renamed, so that runs side by side see it whole or not at all. One that does not
/// fit its digest counts as not there. When writing fails once, nothing more is written and [#note()] says so.
final class HubCache {
    private static final int DIGEST = 32;
    private static final int HEADER = DIGEST + 2 * Long.BYTES;
    // What is written is at most a listing of 16 MiB; a larger file is none of ours.
    private static final int LARGEST = HEADER + (16 << 20);

    private final Path folder;
    private String note = "";

    private HubCache(Path folder) {
        this.folder = folder;
    }

    static HubCache of(Hub hub, HubModel model) {
        HubOrigin origin = HubOrigin.of(hub.endpoint());
        String readable = origin.host().replaceAll("[^a-z0-9.-]", "_") + "-"
                + hash(hub.endpoint().toString()).substring(0, 8);
        return new HubCache(hub.cache().resolve(readable).resolve(model.owner() + "--" + model.name()));
    }

    Path folder() {
        return folder;
    }

    /// What went wrong with writing, as a sentence; empty when nothing did.
    Optional<String> note() {
        return note.isEmpty() ? Optional.empty() : Optional.of(note);
    }

    /// Where the listing of a revision is kept.
    Path revision(String revision) {
        return folder.resolve("refs").resolve(hash(revision));
    }

    /// Where the pieces of a file are kept.
    Path file(String commit, String fileName) {
        return folder.resolve(commit).resolve(hash(fileName));
    }

    /// Offsets of the pieces in a place.
    static NavigableSet<Long> offsets(Path place) {
        NavigableSet<Long> offsets = new TreeSet<>();
        try (Stream<Path> pieces = Files.list(place)) {
            pieces.map(piece -> String.valueOf(piece.getFileName()))
                    .filter(name -> name.matches("\\d{1,18}"))
                    .forEach(name -> offsets.add(Long.valueOf(name)));
        } catch (IOException none) {
            // A place that cannot be listed has no pieces for us.
            offsets.clear();
        }
        return offsets;
    }

    /// The piece that begins at an offset; empty when it is not there, or not whole.
    Optional<HubPiece> read(Path place, long offset) {
        try (FileChannel channel = FileChannel.open(place.resolve(Long.toString(offset)), StandardOpenOption.READ)) {
            if (channel.size() < HEADER || channel.size() > LARGEST) {
                return Optional.empty();
            }
            ByteBuffer record = ByteBuffer.allocate((int) channel.size()).order(ByteOrder.LITTLE_ENDIAN);
            while (record.hasRemaining() && channel.read(record) >= 0) {
                // Reads may come in parts.
            }
            return record.hasRemaining() ? Optional.empty() : decoded(record.flip(), offset);
        } catch (IOException notThere) {
            return Optional.empty();
        }
    }

    private static Optional<HubPiece> decoded(ByteBuffer record, long offset) {
        byte[] digest = digest(record.slice(DIGEST, record.limit() - DIGEST));
        long remoteLength = record.getLong(DIGEST);
        HubPiece piece = new HubPiece(remoteLength, offset, ByteBuffer.wrap(bytes(record)));
        boolean whole = record.slice(0, DIGEST).equals(ByteBuffer.wrap(digest))
                && record.getLong(DIGEST + Long.BYTES) == offset
                && piece.end() <= remoteLength;
        return whole ? Optional.of(piece) : Optional.empty();
    }

    private static byte[] bytes(ByteBuffer record) {
        byte[] bytes = new byte[record.limit() - HEADER];
        record.get(HEADER, bytes);
        return bytes;
    }

    /// Keeps a piece, if it can.
    void write(Path place, HubPiece piece) {
        if (!note.isEmpty()) {
            return;
        }
        try {
            Files.createDirectories(place);
            Path aside = Files.createTempFile(place, "new", ".tmp");
            try {
                Files.write(aside, encoded(piece));
                replace(aside, place.resolve(Long.toString(piece.offset())));
            } finally {
                Files.deleteIfExists(aside);
            }
        } catch (IOException failure) {
            note = "The cache " + Text.printable(folder.toString()) + " cannot be written ("
                    + failure.getClass().getSimpleName() + "); what was read of the hub is not kept.";
        }
    }

    private static void replace(Path aside, Path target) throws IOException {
        try {
            Files.move(aside, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException plainly) {
            Files.move(aside, target, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private static byte[] encoded(HubPiece piece) {
        ByteBuffer record = ByteBuffer.allocate(HEADER + piece.bytes().limit()).order(ByteOrder.LITTLE_ENDIAN);
        record.putLong(DIGEST, piece.remoteLength());
        record.putLong(DIGEST + Long.BYTES, piece.offset());
        record.put(HEADER, piece.bytes(), 0, piece.bytes().limit());
        record.put(0, digest(record.slice(DIGEST, record.limit() - DIGEST)));
        return record.array();
    }

    private static String hash(String name) {
        return HexFormat.of()
                .formatHex(digest(ByteBuffer.wrap(name.getBytes(StandardCharsets.UTF_8))))
                .substring(0, DIGEST);
    }

    private static byte[] digest(ByteBuffer bytes) {
        try {
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            sha.update(bytes);
            return sha.digest();
        } catch (NoSuchAlgorithmException everyJavaHasIt) {
            throw new IllegalStateException(everyJavaHasIt);
        }
    }
}
