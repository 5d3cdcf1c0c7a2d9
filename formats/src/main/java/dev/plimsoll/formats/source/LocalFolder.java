package dev.plimsoll.formats.source;

import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.units.Text;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/// A folder of this machine.
///
/// A name found in a file is data of strangers: it must be relative, without `..`, and must not lead out of the folder
/// through a link. One place outside is allowed: the `blobs` folder of a hub cache, whose `snapshots` folders hold
/// nothing but links to it.
///
/// @param path the folder
public record LocalFolder(Path path) implements SourceFolder {

    /// The folder that a file lies in.
    public static LocalFolder of(Path file) {
        Path parent = file.toAbsolutePath().getParent();
        return new LocalFolder(parent == null ? file : parent);
    }

    @Override
    public ByteSource open(String namedBy, String fileName) {
        Path file = within(namedBy, fileName);
        try {
            Path target = file.toRealPath();
            Path folder = path.toRealPath();
            if (!target.startsWith(folder) && !inBlobs(target, folder)) {
                throw leaves(namedBy, fileName, "is a link that leaves the folder");
            }
        } catch (NoSuchFileException missing) {
            throw InputException.unreadable(
                    namedBy + ": names " + Text.printable(fileName) + ", which is not in "
                            + Text.printable(path.toString()),
                    "Fetch the missing file.");
        } catch (IOException failure) {
            throw FileSource.unreadable(Text.printable(file.toString()), failure);
        }
        return FileSource.open(file);
    }

    private Path within(String namedBy, String fileName) {
        Path relative;
        try {
            relative = Path.of(fileName);
        } catch (InvalidPathException noPath) {
            throw leaves(namedBy, fileName, "is no file name");
        }
        if (relative.isAbsolute()) {
            throw leaves(namedBy, fileName, "is absolute");
        }
        for (Path part : relative) {
            if (part.toString().equals("..")) {
                throw leaves(namedBy, fileName, "leaves the folder");
            }
        }
        return path.resolve(relative);
    }

    private static boolean inBlobs(Path target, Path folder) {
        for (Path at = folder; at != null; at = at.getParent()) {
            Path part = at.getFileName();
            if (part != null && part.toString().equals("snapshots")) {
                return target.startsWith(at.resolveSibling("blobs"));
            }
        }
        return false;
    }

    private static InputException leaves(String namedBy, String fileName, String how) {
        return InputException.unreadable(
                namedBy + ": names \"" + Text.printable(fileName) + "\", which " + how + ", expected a file beside it",
                "Put the files of a model into one folder, without links out of it; do not trust this file.");
    }
}
