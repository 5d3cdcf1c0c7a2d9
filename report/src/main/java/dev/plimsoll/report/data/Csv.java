package dev.plimsoll.report.data;

/// Prints an answer as comma-separated values: a row for each value, `path,value`, as RFC 4180 says.
public final class Csv {
    private Csv() {}

    public static String print(Data data) {
        StringBuilder text = new StringBuilder("path,value\r\n");
        for (Data.Leaf leaf : Data.leaves(data)) {
            text.append(cell(leaf.path()))
                    .append(',')
                    .append(cell(value(leaf.value())))
                    .append("\r\n");
        }
        return text.toString();
    }

    private static String value(Data value) {
        return switch (value) {
            case Data.Words(String words) -> words;
            case Data.Nothing() -> "";
            case Data.Whole whole -> Json.print(whole).strip();
            case Data.Real real -> Json.print(real).strip();
            case Data.Truth truth -> Json.print(truth).strip();
            case Data.Fields fields -> throw new IllegalArgumentException("not a leaf: " + fields);
            case Data.Items items -> throw new IllegalArgumentException("not a leaf: " + items);
        };
    }

    private static String cell(String text) {
        boolean plain = text.chars().noneMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
        return plain ? text : '"' + text.replace("\"", "\"\"") + '"';
    }
}
