package dev.plimsoll.formats.reconcile;

import dev.plimsoll.formats.reconcile.PartMatcher.Match;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Adds up the matched tensors by the form they hold parameters in.
final class WeightForms {
    private final Map<String, WeightForm> forms = new LinkedHashMap<>();
    private long parameters;

    void add(Match match) {
        parameters = Math.addExact(parameters, match.parameters());
        forms.merge(
                match.form().name(),
                new WeightForm(
                        match.form().name(),
                        match.form().type(),
                        match.parameters(),
                        1,
                        match.tensor().elements(),
                        match.tensor().bytes()),
                WeightForms::sum);
    }

    /// Parameters in all forms.
    long parameters() {
        return parameters;
    }

    /// The most parameters first.
    List<WeightForm> all() {
        return forms.values().stream()
                .sorted(Comparator.comparing(WeightForm::parameters, Comparator.reverseOrder()))
                .toList();
    }

    private static WeightForm sum(WeightForm one, WeightForm other) {
        return new WeightForm(
                one.name(),
                one.type(),
                one.parameters() + other.parameters(),
                one.tensors() + other.tensors(),
                Math.addExact(one.elements(), other.elements()),
                one.bytes().plus(other.bytes()));
    }
}
