package dev.plimsoll.planner.cost;

import dev.plimsoll.planner.cost.TensorExceptions.Held;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// A rule of conversion applied to the tensors of one model.
final class Conversion {
    private final WeightFormat.Rule.Converted rule;
    private final Set<TensorGroup> groups = EnumSet.noneOf(TensorGroup.class);

    Conversion(WeightFormat.Rule.Converted rule, List<ReadTensor> tensors) {
        this.rule = rule;
        tensors.forEach(tensor -> groups.add(TensorGroup.of(tensor)));
    }

    /// So many copies of a tensor that are held alike.
    ///
    /// @param scheme empty where they are not converted
    record Piece(ReadTensor tensor, Optional<MatrixScheme> scheme) {
        static Piece unconverted(ReadTensor tensor) {
            return new Piece(tensor, Optional.empty());
        }
    }

    /// A tensor's copies, those of equal form together.
    Stream<Piece> pieces(ReadTensor tensor) {
        Map<Optional<MatrixScheme>, Long> copies = new LinkedHashMap<>();
        if (tensor.isMatrix()) {
            for (long layer : tensor.layers()) {
                copies.merge(scheme(tensor, layer), 1L, Long::sum);
            }
        } else {
            copies.put(Optional.empty(), tensor.copies());
        }
        return copies.entrySet().stream().map(same -> new Piece(tensor.withCopies(same.getValue()), same.getKey()));
    }

    private Optional<MatrixScheme> scheme(ReadTensor tensor, long layer) {
        Optional<Held> exception = rule.exceptions().of(tensor.parameter(), layer);
        if (exception.isPresent()) {
            return switch (exception.get()) {
                case Held.AsItWas() -> Optional.empty();
                case Held.Converted(MatrixScheme scheme) -> Optional.of(scheme);
            };
        }
        return rule.scope().covers(tensor, groups) ? Optional.of(rule.scheme()) : Optional.empty();
    }

    /// For people: which tensors are converted.
    String words() {
        return rule.scope().words(groups);
    }
}
