package dev.plimsoll.formats.hub;

import java.nio.ByteBuffer;

/// A stretch of a remote file.
///
/// @param remoteLength bytes of the whole file
/// @param offset where the stretch begins in the file
/// @param bytes the stretch, from position 0 to its limit; only ever copied from
record HubPiece(long remoteLength, long offset, ByteBuffer bytes) {
    long end() {
        return offset + bytes.limit();
    }

    boolean holds(long position) {
        return position >= offset && position < end();
    }
}
