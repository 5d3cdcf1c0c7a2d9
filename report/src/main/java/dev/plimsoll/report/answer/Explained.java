package dev.plimsoll.report.answer;

import dev.plimsoll.model.units.Numbers;
import dev.plimsoll.planner.result.Comparison;
import dev.plimsoll.planner.result.Explanation;
import dev.plimsoll.report.data.Data;
import dev.plimsoll.report.page.Page;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;

/// Formulas with the values put in.
final class Explained {
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
                    + signed(textbook.difference()) + " beside the figure above, "
                    + Numbers.decimals(100 * (textbook.ratio() - 1), 2) + " %");
        }
        return new Page.Section.Prose("how the numbers come about", lines);
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
