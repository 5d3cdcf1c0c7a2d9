package dev.plimsoll.model.failure;

/// Whose turn it is after a failure: the caller's, the file's, or the surroundings'.
public enum FailureKind {
    /// The question was put wrongly: an unknown option, a value out of range.
    USAGE,
    /// A file could not be read as what it says it is.
    UNREADABLE,
    /// A file was read, but it describes something Plimsoll does not know.
    UNSUPPORTED,
    /// The network, a permission or a missing tool is in the way.
    SURROUNDINGS
}
