package dev.plimsoll.engine.checkpoint;

import dev.plimsoll.engine.training.ParameterPlace;
import dev.plimsoll.formats.checkpoint.Dimensions;
import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.operator.Parameter;
import dev.plimsoll.model.operator.TensorName;
import dev.plimsoll.model.shape.Axis;
import dev.plimsoll.model.units.Text;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;

/// Which tensors of a file hold which parameter: one, or one for each expert.
///
/// Tensors that hold several parameters, or a matrix with its inputs first, are neither read nor written.
final class TensorPlan {
    private final Map<String, List<Slice>> slices = new LinkedHashMap<>();

    /// A tensor, and where its elements lie in the parameter's.
    record Slice(String tensor, Dimensions dimensions, int from) {
        int elements() {
            return Math.toIntExact(dimensions.elements());
        }
    }

    /// @param file its name, for messages
    /// @param holds whether the file has a tensor; a parameter's first name is taken where it has none of them
    /// @throws InputException where a parameter has no name in files, or lies in a tensor as it is not read or written
    TensorPlan(String file, List<ParameterPlace> places, Predicate<String> holds) {
        Map<String, ParameterPlace> owners = new HashMap<>();
        for (ParameterPlace place : places) {
            List<Slice> own = slices(place, name(file, place, holds));
            for (Slice slice : own) {
                ParameterPlace other = owners.putIfAbsent(slice.tensor(), place);
                if (other != null) {
                    throw unsupported(
                            file,
                            slice.tensor(),
                            "found " + other.parameter().name() + " and "
                                    + place.parameter().name() + " fused in it, expected one parameter");
                }
            }
            slices.put(place.name(), own);
        }
    }

    /// @throws java.util.NoSuchElementException for a parameter of another model
    List<Slice> of(ParameterPlace place) {
        return Objects.requireNonNull(slices.get(place.name()), place.name());
    }

    /// All tensors, in the parameters' order.
    List<Slice> all() {
        return slices.values().stream().flatMap(List::stream).toList();
    }

    private static TensorName name(String file, ParameterPlace place, Predicate<String> holds) {
        List<TensorName> names = place.parameter().names().huggingFace();
        if (names.isEmpty()) {
            throw InputException.unsupported(
                    "%s: %s: found no name for it in such files, expected one"
                            .formatted(Text.printable(file), Text.printable(place.name())),
                    "Choose a model of a published family.");
        }
        TensorName chosen = names.stream()
                .filter(name -> holds.test(name.in(place.layer(), 0)))
                .findFirst()
                .orElse(names.getFirst());
        if (chosen.arrangement() == TensorName.Arrangement.INPUTS_FIRST
                && place.parameter().groups().size() > 1) {
            throw unsupported(
                    file, chosen.in(place.layer(), 0), "found a matrix with its inputs first, expected outputs first");
        }
        return chosen;
    }

    private static List<Slice> slices(ParameterPlace place, TensorName name) {
        Parameter parameter = place.parameter();
        List<Long> sizes = parameter.fileDimensions();
        if (!name.isPerExpert() || !parameter.groups().getFirst().has(Axis.EXPERTS)) {
            return List.of(new Slice(name.in(place.layer(), 0), new Dimensions(sizes), 0));
        }
        Dimensions one = new Dimensions(sizes.subList(1, sizes.size()));
        List<Slice> experts = new ArrayList<>();
        for (int expert = 0; expert < sizes.getFirst(); expert++) {
            int from = Math.toIntExact(expert * one.elements());
            experts.add(new Slice(name.in(place.layer(), expert), one, from));
        }
        return experts;
    }

    private static InputException unsupported(String file, String tensor, String found) {
        return InputException.unsupported(
                "%s: tensor %s: %s; others are not executed yet"
                        .formatted(Text.printable(file), Text.printable(tensor), found),
                "Choose a model whose file has a tensor for each parameter, for example one like Llama.");
    }
}
