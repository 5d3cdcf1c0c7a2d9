package dev.plimsoll.formats.source;

import java.io.InputStream;
import java.nio.ByteBuffer;

/// A stretch of a source as a stream, read through a window of 64 KiB.
public final class SourceStream extends InputStream {
    private static final int WINDOW = 1 << 16;

    private final ByteSource source;
    private final long end;
    private long position;
    private ByteBuffer window = ByteBuffer.allocate(0);

    /// A stream over a stretch.
    ///
    /// @param end where the stretch ends, at most the source's length
    public SourceStream(ByteSource source, long start, long end) {
        this.source = source;
        this.position = start;
        this.end = end;
    }

    @Override
    public int read() {
        return fill() ? Byte.toUnsignedInt(window.get()) : -1;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) {
        if (length == 0) {
            return 0;
        }
        if (!fill()) {
            return -1;
        }
        int count = Math.min(length, window.remaining());
        window.get(bytes, offset, count);
        return count;
    }

    private boolean fill() {
        if (!window.hasRemaining() && position < end) {
            int size = (int) Math.min(WINDOW, end - position);
            window = source.read(position, size);
            position += size;
        }
        return window.hasRemaining();
    }
}
