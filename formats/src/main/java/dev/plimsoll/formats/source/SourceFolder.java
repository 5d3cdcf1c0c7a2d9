package dev.plimsoll.formats.source;

/// The files beside a model's file, of which some name others: shards, splits, external data.
public interface SourceFolder {
    /// Opens a file that another one names.
    ///
    /// @param namedBy the naming file, for errors
    /// @param fileName relative to the folder, with `/` between its parts; it may not leave the folder
    /// @throws InputException when the name leaves the folder or the file is not there
    ByteSource open(String namedBy, String fileName);
}
