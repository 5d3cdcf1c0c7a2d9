package dev.plimsoll.formats.source;

import dev.plimsoll.model.failure.FailureKind;
import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.units.Numbers;
import dev.plimsoll.model.units.Text;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;

/// A regular file of this machine. Reads only what is asked, and never maps: a mapped file that another process
/// truncates ends the process.
public final class FileSource implements ByteSource {
    private final String name;
    private final FileChannel channel;
    private final long length;

    private FileSource(String name, FileChannel channel, long length) {
        this.name = name;
        this.channel = channel;
        this.length = length;
    }

    /// Opens a file.
    ///
    /// @throws InputException when the path is missing, is no regular file (a folder, a pipe, a device), or may not be
    ///     read
    public static FileSource open(Path path) {
        String name = Text.printable(path.toString());
        try {
            BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
            if (!attributes.isRegularFile()) {
                String found = attributes.isDirectory() ? "a folder" : "a pipe or a device";
                throw InputException.unreadable(
                        name + ": " + found + ", expected a regular file",
                        "A checkpoint is read at many places: save it as a file. Only a config may come by pipe.");
            }
            FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
            return new FileSource(name, channel, channel.size());
        } catch (IOException failure) {
            throw unreadable(name, failure);
        }
    }

    /// The failure to open or read a path, with its remedy: permission is the surroundings' fault, all else the
    /// file's.
    ///
    /// @param name the path, printable
    public static InputException unreadable(String name, IOException failure) {
        return switch (failure) {
            case NoSuchFileException _ ->
                InputException.unreadable(name + ": no such file", "Check the path, or fetch the file.");
            case AccessDeniedException _ ->
                new InputException(
                        FailureKind.SURROUNDINGS,
                        name + ": permission denied, expected a readable file",
                        "Grant read permission on it and on the folders above it.");
            default ->
                InputException.unreadable(
                        name + ": cannot be read: " + Text.printable(String.valueOf(failure.getMessage())),
                        "Check the path and the disk.");
        };
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public long length() {
        return length;
    }

    @Override
    public ByteBuffer read(long offset, int count) {
        ByteBuffer bytes = ByteBuffer.allocate(count).order(ByteOrder.LITTLE_ENDIAN);
        try {
            while (bytes.hasRemaining()) {
                if (channel.read(bytes, offset + bytes.position()) < 0) {
                    throw new EOFException("it ends before byte " + Numbers.grouped(offset + count));
                }
            }
        } catch (IOException failure) {
            throw unreadable(name, failure);
        }
        return bytes.flip();
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException failure) {
            throw unreadable(name, failure);
        }
    }
}
