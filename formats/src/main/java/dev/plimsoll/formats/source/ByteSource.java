package dev.plimsoll.formats.source;

import java.nio.ByteBuffer;

/// Bytes that can be read at any position, of which only headers are ever read.
public interface ByteSource extends AutoCloseable {
    /// The name that errors call it by, as the user knows it: a path, or an address on the hub.
    String name();

    /// The full length in bytes, also where only the header is at hand.
    long length();

    /// Exactly `length` bytes from `offset`, in a little-endian buffer positioned at 0.
    ///
    /// @throws InputException when the source ends before, or cannot be read there
    ByteBuffer read(long offset, int length);

    @Override
    void close();
}
