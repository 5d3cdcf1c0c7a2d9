package dev.plimsoll.report.answer;

import dev.plimsoll.model.shape.Axis;
import dev.plimsoll.model.units.Numbers;
import dev.plimsoll.planner.cost.FlopCount;
import dev.plimsoll.report.page.Page;
import java.util.List;
import java.util.stream.Collectors;

/// How long what was counted is, in words.
final class Lengths {
    private Lengths() {}

    /// What a workload's tokens are: `tokens` of text, or `patches`.
    static String tokens(FlopCount count) {
        return token(count) + (count.tokens() == Axis.PATCHES ? "es" : "s");
    }

    /// One of them.
    static String token(FlopCount count) {
        return count.tokens() == Axis.PATCHES ? "patch" : "token";
    }

    /// The lengths that were taken from the model, since nobody gave others.
    static Page.Section section(FlopCount count) {
        String lengths = count.fixedLengths().stream()
                .map(length -> Numbers.grouped(length.size()) + " " + words(length.axis()))
                .collect(Collectors.joining(", "));
        return taken(lengths);
    }

    /// The same of an encoder's tokens alone.
    static Page.Section ofEncoder(long tokens) {
        return taken(Numbers.grouped(tokens) + " " + words(Axis.SOURCE));
    }

    private static Page.Section taken(String lengths) {
        return new Page.Section.Prose("", List.of("taken from the model's config: " + lengths));
    }

    private static String words(Axis axis) {
        return axis == Axis.SOURCE ? "tokens of the encoder" : axis.words();
    }
}
