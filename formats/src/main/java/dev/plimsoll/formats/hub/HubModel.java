package dev.plimsoll.formats.hub;

import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.units.Text;
import java.util.regex.Pattern;

/// A model on the hub, by its names; they are checked before anything is sent.
///
/// Owner and name follow the hub's own rules: letters, digits, `-`, `_` and `.`, at most 96 of them, no `-` or `.`
/// at either end, neither `--` nor `..`, and no name ends in `.git`.
///
/// @param revision a branch, a tag, a pull request as `refs/pr/1`, or a commit
public record HubModel(String owner, String name, String revision) {
    /// What a reference to the hub begins with.
    public static final String PREFIX = "hf:";

    private static final String MAIN = "main";
    private static final int LONGEST_NAME = 96;
    private static final int LONGEST_REVISION = 250;
    private static final Pattern PART = Pattern.compile("\\w(?:[\\w.-]*\\w)?");
    private static final Pattern REVISION = Pattern.compile("[\\w+-][\\w.+/-]*");
    private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{40}|[0-9a-f]{64}");

    public HubModel {
        requirePart("owner", owner);
        requirePart("name", name);
        if (revision.length() > LONGEST_REVISION
                || revision.contains("..")
                || !REVISION.matcher(revision).matches()) {
            throw malformed("revision \"" + Text.printable(revision)
                    + "\": expected a branch, a tag or a commit of letters, digits and . _ - + /");
        }
    }

    /// Reads `hf:owner/name` or `hf:owner/name@revision`; the revision is `main` when there is none.
    ///
    /// @throws InputException when it is no such reference, or the names break the hub's rules
    public static HubModel parse(String reference) {
        String rest = reference.startsWith(PREFIX) ? reference.substring(PREFIX.length()) : reference;
        int slash = rest.indexOf('/');
        if (slash < 0) {
            throw malformed("\"" + Text.printable(reference) + "\": no owner, expected hf:owner/name");
        }
        int at = rest.indexOf('@', slash);
        return new HubModel(
                rest.substring(0, slash),
                rest.substring(slash + 1, at < 0 ? rest.length() : at),
                at < 0 ? MAIN : rest.substring(at + 1));
    }

    /// As the user writes it: `hf:owner/name`, with `@revision` where it is not `main`.
    public String reference() {
        return PREFIX + owner + "/" + name + (revision.equals(MAIN) ? "" : "@" + revision);
    }

    /// Whether the text is a commit in full, which names the same files for ever.
    static boolean isCommit(String text) {
        return COMMIT.matcher(text).matches();
    }

    private static void requirePart(String what, String text) {
        if (text.length() > LONGEST_NAME
                || text.contains("..")
                || text.contains("--")
                || text.endsWith(".git")
                || !PART.matcher(text).matches()) {
            throw malformed(what + " \"" + Text.printable(text)
                    + "\": expected at most 96 letters, digits, - _ or ., without .. or --");
        }
    }

    private static InputException malformed(String cause) {
        return InputException.usage(
                "hf: " + cause, "Write hf:owner/name or hf:owner/name@revision, as in hf:openai-community/gpt2.");
    }
}
