package dev.plimsoll.formats.hub;

import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.units.Numbers;
import dev.plimsoll.model.units.Text;
import java.nio.file.Path;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.OptionalLong;

/// The pieces of one file: from the cache where they are there, else from the hub.
final class HubPieces {
    // The largest header of all formats is 100 MB; whoever reads on is after weights.
    private static final long MOST = 256 << 20;

    private final String name;
    private final String fileName;
    private final HubFolder folder;
    private final HubCache cache;
    private final Path place;
    private final NavigableSet<Long> cached;
    private OptionalLong length = OptionalLong.empty();
    private long fetched;

    HubPieces(HubFolder folder, HubCache cache, String fileName) {
        this.folder = folder;
        this.cache = cache;
        this.fileName = fileName;
        this.name = folder.nameOf(fileName);
        this.place = cache.file(folder.commit(), fileName);
        this.cached = HubCache.offsets(place);
    }

    /// What errors call the file.
    String name() {
        return name;
    }

    /// A piece that begins at or before a position and ends behind it; of an empty file, the empty piece.
    ///
    /// @param wanted how many bytes from there to fetch, when they must be fetched
    /// @throws InputException when they cannot be had, or the file's length is not what it was
    HubPiece at(long position, int wanted) {
        HubPiece piece = kept(position).orElseGet(() -> fetch(position, wanted));
        length = OptionalLong.of(piece.remoteLength());
        return piece;
    }

    private Optional<HubPiece> kept(long position) {
        Long before = cached.floor(position);
        if (before == null) {
            return Optional.empty();
        }
        Optional<HubPiece> piece = cache.read(place, before).filter(this::fits);
        if (piece.isEmpty()) {
            cached.remove(before);
        }
        return piece.filter(found -> found.holds(position) || found.remoteLength() == 0);
    }

    private boolean fits(HubPiece piece) {
        return length.isEmpty() || length.getAsLong() == piece.remoteLength();
    }

    private HubPiece fetch(long position, int wanted) {
        Long next = cached.higher(position);
        int count = (int) (next == null ? wanted : Math.min(wanted, next - position));
        fetched += count;
        if (fetched > MOST) {
            throw InputException.unreadable(
                    name + ": found no end of its header in " + Numbers.grouped(MOST) + " bytes, expected less",
                    "Fetch the file by other means and give its path.");
        }
        HubPiece piece = folder.fetch(fileName, new HubPart.Range(position, count));
        if (!fits(piece)) {
            throw changed(piece);
        }
        cache.write(place, piece);
        return piece;
    }

    /// A file grew or shrank between two pieces, which at one commit it cannot.
    private InputException changed(HubPiece now) {
        return InputException.unreadable(
                name + ": found a length of " + Numbers.grouped(now.remoteLength()) + ", expected "
                        + Numbers.grouped(length.orElseThrow()) + " as before",
                "Run it again; if that does not help, delete " + Text.printable(place.toString()) + ".");
    }
}
