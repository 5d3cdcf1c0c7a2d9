package dev.plimsoll.formats.hub;

/// Names of files in a model's repository, which are data of strangers.
final class HubFileName {
    private static final int LONGEST = 1024;

    private HubFileName() {}

    /// Whether a name stays within its repository: relative, `/` between parts, none of them empty, `.` or `..`, no
    /// backslash and no control character.
    static boolean isWithin(String name) {
        if (name.length() > LONGEST || name.chars().anyMatch(at -> at == '\\' || Character.isISOControl(at))) {
            return false;
        }
        for (String part : name.split("/", -1)) {
            if (part.isEmpty() || part.equals(".") || part.equals("..")) {
                return false;
            }
        }
        return true;
    }
}
