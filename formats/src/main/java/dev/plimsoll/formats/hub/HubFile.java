package dev.plimsoll.formats.hub;

import dev.plimsoll.formats.source.ByteSource;
import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.units.Numbers;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// A file on the hub, of which only what is read is fetched.
///
/// Headers are read forwards, so a piece is 128 KiB, and each that follows on is twice as long up to 2 MiB: most
/// headers come in one request, a tokenizer of some megabytes in six, and after a leap over weights little is fetched
/// in vain.
final class HubFile implements ByteSource {
    private static final int FIRST = 1 << 17;
    private static final int LARGEST = 1 << 21;

    private final HubPieces pieces;
    private HubPiece window;
    private int next = FIRST;

    /// Opens the file and learns its length.
    HubFile(HubPieces pieces) {
        this.pieces = pieces;
        this.window = pieces.at(0, FIRST);
    }

    @Override
    public String name() {
        return pieces.name();
    }

    @Override
    public long length() {
        return window.remoteLength();
    }

    @Override
    public ByteBuffer read(long offset, int count) {
        if (offset < 0 || count < 0 || offset > length() - count) {
            throw InputException.unreadable(
                    name() + ": it ends before byte " + Numbers.grouped(offset + count),
                    "The file on the hub is damaged: tell its owner, or choose another revision.");
        }
        ByteBuffer bytes = ByteBuffer.allocate(count).order(ByteOrder.LITTLE_ENDIAN);
        while (bytes.hasRemaining()) {
            long position = offset + bytes.position();
            move(position, bytes.remaining());
            int from = (int) (position - window.offset());
            int length = Math.min(bytes.remaining(), window.bytes().limit() - from);
            bytes.put(window.bytes().slice(from, length));
        }
        return bytes.flip();
    }

    private void move(long position, int count) {
        if (window.holds(position)) {
            return;
        }
        next = position == window.end() ? Math.min(LARGEST, 2 * next) : FIRST;
        window = pieces.at(position, Math.clamp(count, next, LARGEST));
    }

    /// Nothing is held open.
    @Override
    public void close() {}
}
