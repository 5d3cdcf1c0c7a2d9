package dev.plimsoll.formats.reconcile;

import dev.plimsoll.formats.checkpoint.StoredTensor;
import dev.plimsoll.model.architecture.DistinctParameters.Occurrence;
import dev.plimsoll.model.architecture.Part;
import dev.plimsoll.model.operator.Parameter;
import dev.plimsoll.model.operator.TensorName;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// Finds a model's tensors in an ONNX file, whose exporters rename and transpose matrices.
///
/// First by name; then, for sizes that as many tensors as parameters have left, by size alone.
final class OnnxMatcher {
    private final TensorIndex index;
    private final Disagreements disagreements;
    private final WeightForms forms;
    private final List<Expected> unnamed = new ArrayList<>();

    /// A tensor to be found.
    ///
    /// @param name the one it should have
    /// @param layouts it may have: as described, and transposed
    private record Expected(String name, List<Layout> layouts) {
        private boolean allows(StoredTensor tensor) {
            return layouts.stream().anyMatch(layout -> layout.allows(tensor.dimensions()));
        }

        private long elements() {
            return layouts.getFirst().elements();
        }

        private List<Long> sizes() {
            return sorted(layouts.getFirst().usual().sizes());
        }
    }

    OnnxMatcher(TensorIndex index, Disagreements disagreements, WeightForms forms) {
        this.index = index;
        this.disagreements = disagreements;
        this.forms = forms;
    }

    /// Takes the tensors; gives the names of optional parts that the file lacks.
    Set<String> match(List<Occurrence> parameters) {
        Set<String> absent = new LinkedHashSet<>();
        Map<Part, List<Occurrence>> byPart = parameters.stream()
                .collect(Collectors.groupingBy(Occurrence::part, LinkedHashMap::new, Collectors.toList()));
        byPart.forEach((part, occurrences) -> {
            if (!matchByName(part, occurrences)) {
                absent.add(part.name());
            }
        });
        matchBySizes();
        return absent;
    }

    /// Whether the part is there.
    private boolean matchByName(Part part, List<Occurrence> occurrences) {
        List<List<String>> probes = occurrences.stream()
                .map(occurrence ->
                        names(occurrence.parameter(), occurrence.run().first()))
                .toList();
        NamePrefix prefix = NamePrefix.find(probes, index);
        List<Expected> missed = new ArrayList<>();
        boolean found = false;
        for (Occurrence occurrence : occurrences) {
            for (long copy = 0; copy < occurrence.copies(); copy++) {
                Parameter parameter = occurrence.parameter();
                long layer = occurrence.run().first() + copy;
                Optional<StoredTensor> tensor = named(names(parameter, layer), prefix);
                Expected expected = expected(parameter, layer);
                if (tensor.isPresent() && expected.allows(tensor.get())) {
                    take(tensor.get(), expected);
                    found = true;
                } else {
                    missed.add(expected);
                }
            }
        }
        if (part.isOptional() && !found) {
            return false;
        }
        unnamed.addAll(missed);
        return true;
    }

    private static List<String> names(Parameter parameter, long layer) {
        return parameter.names().huggingFace().stream()
                .map(name -> name.in(layer, 0))
                .toList();
    }

    private static Expected expected(Parameter parameter, long layer) {
        List<String> names = names(parameter, layer);
        List<Parameter> alone = List.of(parameter);
        return new Expected(
                names.isEmpty() ? parameter.name() : names.getFirst(),
                List.of(
                        Layout.of(alone, new TensorName("", TensorName.Arrangement.OUTPUTS_FIRST)),
                        Layout.of(alone, new TensorName("", TensorName.Arrangement.INPUTS_FIRST))));
    }

    private Optional<StoredTensor> named(List<String> names, NamePrefix prefix) {
        for (String name : names) {
            for (String inFile : prefix.names(name)) {
                Optional<StoredTensor> tensor = Carriers.free(index, inFile);
                if (tensor.isPresent()) {
                    return tensor;
                }
            }
        }
        return Optional.empty();
    }

    private void matchBySizes() {
        Map<List<Long>, List<Expected>> expected = unnamed.stream()
                .collect(Collectors.groupingBy(Expected::sizes, LinkedHashMap::new, Collectors.toList()));
        Map<List<Long>, List<StoredTensor>> left = index.left()
                .collect(Collectors.groupingBy(
                        tensor -> sorted(tensor.dimensions().sizes()), LinkedHashMap::new, Collectors.toList()));
        expected.forEach((sizes, wanted) -> {
            List<StoredTensor> candidates = left.getOrDefault(sizes, List.of());
            if (candidates.size() == wanted.size()) {
                for (int i = 0; i < wanted.size(); i++) {
                    take(candidates.get(i), wanted.get(i));
                }
            } else {
                wanted.forEach(one -> disagreements.missing(
                        one.name(), one.layouts().getFirst().usual()));
            }
        });
    }

    private void take(StoredTensor tensor, Expected expected) {
        index.take(tensor);
        forms.add(new PartMatcher.Match(
                tensor,
                expected.elements(),
                new PackedForm.Packing(tensor.type().name(), tensor.type())));
    }

    private static List<Long> sorted(List<Long> sizes) {
        return sizes.stream().filter(size -> size != 1).sorted().toList();
    }
}
