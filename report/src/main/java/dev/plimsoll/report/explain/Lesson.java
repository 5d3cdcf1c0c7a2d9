package dev.plimsoll.report.explain;

import dev.plimsoll.model.units.Provenance;
import dev.plimsoll.planner.result.Basis;
import dev.plimsoll.planner.result.Explanation;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.List;

/// A topic worked out: sentences, and formulas with their numbers.
public record Lesson(Topic topic, List<String> text, List<Explanation> formulas) {
    public Lesson {
        text = List.copyOf(text);
        formulas = List.copyOf(formulas);
    }

    /// A quotient as formulas print it, rounded at the 16th digit.
    static BigDecimal quotient(long value, long by) {
        return new BigDecimal(value).divide(new BigDecimal(by), MathContext.DECIMAL64);
    }

    /// Sentences and formulas as they are thought of.
    static final class Draft {
        private final Topic topic;
        private final List<String> text = new ArrayList<>();
        private final List<Explanation> formulas = new ArrayList<>();

        Draft(Topic topic) {
            this.topic = topic;
        }

        Draft say(String sentence) {
            text.add(sentence);
            return this;
        }

        Draft show(List<Explanation> known) {
            formulas.addAll(known);
            return this;
        }

        /// A formula whose substituted form is worth `value`.
        Draft show(String what, String formula, String substituted, long value, String unit, String source) {
            return show(what, formula, substituted, BigDecimal.valueOf(value), unit, source);
        }

        Draft show(String what, String formula, String substituted, BigDecimal value, String unit, String source) {
            formulas.add(new Explanation(what, formula, substituted, value, new Basis(unit, source, Provenance.EXACT)));
            return this;
        }

        Lesson done() {
            return new Lesson(topic, text, formulas);
        }
    }
}
