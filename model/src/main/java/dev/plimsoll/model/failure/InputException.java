package dev.plimsoll.model.failure;

/// An input that cannot be answered: what it is, what was found, what was expected, and the remedy.
///
/// The message is one line of cause, `subject: found, expected`; [#remedy()] is one line that says what to do.
public final class InputException extends RuntimeException {
    private final FailureKind kind;
    private final String remedy;

    /// @param cause one line: the subject (a file, a field), what was found, what was expected
    /// @param remedy one line: what the reader can do about it
    public InputException(FailureKind kind, String cause, String remedy) {
        super(cause);
        this.kind = kind;
        this.remedy = remedy;
    }

    public static InputException usage(String cause, String remedy) {
        return new InputException(FailureKind.USAGE, cause, remedy);
    }

    public static InputException unreadable(String cause, String remedy) {
        return new InputException(FailureKind.UNREADABLE, cause, remedy);
    }

    public static InputException unsupported(String cause, String remedy) {
        return new InputException(FailureKind.UNSUPPORTED, cause, remedy);
    }

    public FailureKind kind() {
        return kind;
    }

    public String remedy() {
        return remedy;
    }

    /// The message, never null.
    @Override
    public String getMessage() {
        String message = super.getMessage();
        return message == null ? "" : message;
    }
}
