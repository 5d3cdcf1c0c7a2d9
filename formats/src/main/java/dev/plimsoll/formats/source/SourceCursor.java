package dev.plimsoll.formats.source;

import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.units.Numbers;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/// Reads a stretch of a source forwards, through a window of 64 KiB; what is skipped is not read.
public final class SourceCursor {
    private static final int WINDOW = 1 << 16;

    private final ByteSource source;
    private final long end;
    private ByteOrder order = ByteOrder.LITTLE_ENDIAN;
    private ByteBuffer window = ByteBuffer.allocate(0);
    private long windowEnd;

    /// Stands at the start of a stretch.
    ///
    /// @param end where the stretch ends, at most the source's length
    public SourceCursor(ByteSource source, long start, long end) {
        this.source = source;
        this.end = end;
        this.windowEnd = start;
    }

    /// Where the next byte is read from.
    public long position() {
        return windowEnd - window.remaining();
    }

    /// Bytes left in the stretch.
    public long remaining() {
        return end - position();
    }

    public ByteOrder order() {
        return order;
    }

    public void order(ByteOrder next) {
        order = next;
        window.order(next);
    }

    /// The next byte, 0 to 255.
    ///
    /// @throws InputException at the end of the stretch, as every reading here
    public int octet() {
        return Byte.toUnsignedInt(next(Byte.BYTES).get());
    }

    public short int16() {
        return next(Short.BYTES).getShort();
    }

    public int int32() {
        return next(Integer.BYTES).getInt();
    }

    public long int64() {
        return next(Long.BYTES).getLong();
    }

    /// Text in UTF-8; bytes that are none become U+FFFD.
    ///
    /// @param length in bytes, bounded by the caller
    public String text(int length) {
        need(length);
        if (window.remaining() < length) {
            byte[] bytes = new byte[length];
            source.read(position(), length).get(bytes);
            skip(length);
            return new String(bytes, StandardCharsets.UTF_8);
        }
        String text =
                new String(window.array(), window.arrayOffset() + window.position(), length, StandardCharsets.UTF_8);
        window.position(window.position() + length);
        return text;
    }

    /// Passes that many bytes without reading them.
    public void skip(long length) {
        need(length);
        if (length <= window.remaining()) {
            window.position(window.position() + (int) length);
        } else {
            windowEnd = position() + length;
            window = ByteBuffer.allocate(0);
        }
    }

    private ByteBuffer next(int length) {
        if (window.remaining() < length) {
            need(length);
            long position = position();
            int size = (int) Math.min(WINDOW, end - position);
            window = source.read(position, size).order(order);
            windowEnd = position + size;
        }
        return window;
    }

    private void need(long length) {
        if (length < 0 || length > remaining()) {
            throw InputException.unreadable(
                    source.name() + ": byte " + Numbers.grouped(position()) + ": found " + Numbers.grouped(remaining())
                            + " more bytes, expected " + Long.toUnsignedString(length),
                    "The file is damaged or was cut off: fetch it again.");
        }
    }
}
