package dev.plimsoll.formats.reconcile;

import dev.plimsoll.formats.checkpoint.StoredTensor;
import dev.plimsoll.model.architecture.DistinctParameters.Occurrence;
import dev.plimsoll.model.operator.Parameter;
import dev.plimsoll.model.operator.TensorName;
import dev.plimsoll.model.operator.TensorNames;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/// Finds the tensors of one part of a model in a checkpoint, and takes them.
final class PartMatcher {
    private final List<Occurrence> part;
    private final Function<TensorNames, List<TensorName>> vocabulary;
    private final TensorIndex index;
    private final NamePrefix prefix;
    private final Disagreements disagreements;
    private final List<Match> matches = new ArrayList<>();
    private final Map<Parameter, TensorName> lastFound = new HashMap<>();
    private LayerPlan plan = LayerPlan.EMPTY;

    /// A tensor and what it was found to hold.
    record Match(StoredTensor tensor, long parameters, PackedForm.Packing form) {}

    /// @param vocabulary which names the files use
    PartMatcher(
            List<Occurrence> part,
            Function<TensorNames, List<TensorName>> vocabulary,
            TensorIndex index,
            Disagreements disagreements) {
        this.part = part;
        this.vocabulary = vocabulary;
        this.index = index;
        this.disagreements = disagreements;
        this.prefix = NamePrefix.find(
                part.stream()
                        .map(this::namesOfFirst)
                        .filter(names -> !names.isEmpty())
                        .toList(),
                index);
    }

    private List<String> namesOfFirst(Occurrence occurrence) {
        return vocabulary.apply(occurrence.parameter().names()).stream()
                .map(name -> name.in(occurrence.run().first(), 0))
                .toList();
    }

    /// Whether the file holds any tensor of the part.
    boolean findsAny() {
        return part.stream()
                .anyMatch(occurrence ->
                        find(occurrence.parameter(), occurrence.run().first()).isPresent());
    }

    /// Takes the tensors of the whole part.
    List<Match> match() {
        int at = 0;
        while (at < part.size()) {
            Occurrence first = part.get(at);
            int end = at;
            List<Parameter> shared = new ArrayList<>();
            List<Parameter> repeated = new ArrayList<>();
            for (; end < part.size() && part.get(end).run().equals(first.run()); end++) {
                Occurrence occurrence = part.get(end);
                (occurrence.copies() == first.run().count() ? repeated : shared).add(occurrence.parameter());
            }
            matchLayer(shared, first.run().first());
            for (long copy = 0; copy < first.run().count(); copy++) {
                matchLayer(repeated, first.run().first() + copy);
            }
            at = end;
        }
        return List.copyOf(matches);
    }

    private void matchLayer(List<Parameter> parameters, long layer) {
        List<TensorName> names = parameters.stream()
                .map(parameter -> find(parameter, layer)
                        .orElseGet(() -> vocabulary.apply(parameter.names()).getFirst()))
                .toList();
        if (!plan.names().equals(names)) {
            plan = LayerPlan.of(parameters, names);
        }
        for (LayerPlan.Entry entry : plan.entries()) {
            for (long expert = 0; expert < entry.tensors(); expert++) {
                check(entry, entry.name().in(layer, expert));
            }
        }
    }

    private Optional<TensorName> find(Parameter parameter, long layer) {
        TensorName last = lastFound.get(parameter);
        if (last != null && stored(last.in(layer, 0)).isPresent()) {
            return Optional.of(last);
        }
        for (TensorName name : vocabulary.apply(parameter.names())) {
            if (stored(name.in(layer, 0)).isPresent()) {
                lastFound.put(parameter, name);
                return Optional.of(name);
            }
        }
        return Optional.empty();
    }

    private Optional<StoredTensor> stored(String described) {
        for (String name : prefix.names(described)) {
            Optional<StoredTensor> tensor = Carriers.free(index, name);
            if (tensor.isPresent()) {
                return tensor;
            }
        }
        return Optional.empty();
    }

    private void check(LayerPlan.Entry entry, String described) {
        Optional<StoredTensor> found = stored(described);
        if (found.isEmpty()) {
            disagreements.missing(described, entry.layout().usual());
            return;
        }
        StoredTensor tensor = found.get();
        Optional<PackedForm.Packing> form = entry.form(tensor);
        if (form.isEmpty()) {
            disagreements.otherShape(tensor, entry.layout().usual());
        } else {
            matches.add(new Match(tensor, entry.layout().elements(), form.get()));
        }
        index.take(tensor);
    }
}
