package dev.plimsoll.report.answer;

import dev.plimsoll.model.shape.Axis;
import dev.plimsoll.model.units.Numbers;
import dev.plimsoll.planner.result.Comparison;
import dev.plimsoll.planner.result.Explanation;
import dev.plimsoll.report.data.Data;
import dev.plimsoll.report.page.Page;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// Formulas with the values put in.
final class Explained {
    static final String TITLE = "how the numbers come about";
    private static final Pattern BETWEEN_SYMBOLS = Pattern.compile("[^A-Za-z]+");

    /// Letters that stand for a number of something, not for an axis of a tensor.
    private static final SequencedMap<String, String> BESIDE_AXES = besideAxes();

    private Explained() {}

    static List<Data> data(List<Explanation> explanations) {
        List<Data> items = new ArrayList<>();
        for (Explanation explanation : explanations) {
            items.add(Data.Fields.empty()
                    .with("topic", explanation.topic())
                    .with("formula", explanation.formula())
                    .with("substituted", explanation.substituted())
                    .with("value", number(explanation.value()))
                    .with("unit", explanation.basis().unit())
                    .with("source", explanation.basis().source())
                    .with("provenance", explanation.basis().provenance().word()));
        }
        return items;
    }

    static Page.Section section(List<Explanation> explanations, List<Comparison> textbooks) {
        List<String> lines = new ArrayList<>();
        for (Explanation explanation : explanations) {
            lines.add(explanation.topic() + " = " + explanation.formula());
            lines.add("  = " + explanation.substituted());
            lines.add("  = " + printed(explanation.value()) + " "
                    + explanation.basis().unit() + "  ("
                    + explanation.basis().provenance().word() + ": "
                    + explanation.basis().source() + ")");
        }
        for (Comparison textbook : textbooks) {
            Explanation form = textbook.closedForm();
            lines.add("textbook: " + form.formula() + " = " + form.substituted() + " = " + printed(form.value()) + " "
                    + form.basis().unit() + " (" + form.basis().source() + "); that is "
                    + signed(textbook.difference()) + " beside the figure above" + share(textbook));
        }
        String legend = legend(explanations, textbooks);
        if (!legend.isEmpty()) {
            lines.add(legend);
        }
        return new Page.Section.Prose(TITLE, lines);
    }

    private static SequencedMap<String, String> besideAxes() {
        SequencedMap<String, String> meanings = new LinkedHashMap<>();
        meanings.put("N", "parameters");
        meanings.put("D", "tokens");
        meanings.put("l", "layers");
        meanings.put("t", "tokens looked at");
        meanings.put("C", "cached tokens");
        return meanings;
    }

    /// What the letters of the formulas stand for.
    private static String legend(List<Explanation> explanations, List<Comparison> textbooks) {
        Set<String> used = new HashSet<>();
        explanations.forEach(explanation -> used.addAll(symbols(explanation.formula())));
        textbooks.forEach(textbook -> used.addAll(symbols(textbook.closedForm().formula())));
        Map<String, String> meanings = new LinkedHashMap<>();
        for (Axis axis : Axis.values()) {
            if (axis != Axis.UNIT) {
                meanings.put(axis.letter(), axis.words());
            }
        }
        meanings.putAll(BESIDE_AXES);
        meanings.keySet().retainAll(used);
        return meanings.entrySet().stream()
                .map(meaning -> meaning.getKey() + " " + meaning.getValue())
                .collect(Collectors.joining(", ", "where ", ""))
                .replaceFirst("^where $", "");
    }

    private static List<String> symbols(String formula) {
        return BETWEEN_SYMBOLS.splitAsStream(formula.replace(" x ", " ")).toList();
    }

    private static String share(Comparison textbook) {
        return textbook.walked().signum() == 0 ? "" : ", " + Numbers.decimals(100 * (textbook.ratio() - 1), 2) + " %";
    }

    private static Data number(BigDecimal value) {
        return value.stripTrailingZeros().scale() <= 0 && value.abs().compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) <= 0
                ? new Data.Whole(value.longValueExact())
                : new Data.Real(value.doubleValue());
    }

    private static String printed(BigDecimal value) {
        return number(value) instanceof Data.Whole(long whole) ? Numbers.grouped(whole) : value.toPlainString();
    }

    private static String signed(BigDecimal value) {
        return (value.signum() >= 0 ? "+" : "") + printed(value);
    }
}
