package dev.plimsoll.engine.generation;

import dev.plimsoll.model.architecture.Block;
import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.operator.Value;
import dev.plimsoll.model.shape.Axis;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The operators between what an attention keeps for each token and the keys and values that it looks at.
///
/// None where keys and values themselves are kept; in latent attention the maps from the latent to keys and values.
///
/// @param operators in the order of the block
record Expansion(Operator.Attention attention, List<Operator> operators) {
    Expansion {
        operators = List.copyOf(operators);
    }

    static Expansion of(Block block, Operator.Attention attention) {
        Set<Value> needed = new HashSet<>(List.of(attention.key(), attention.value()));
        attention.cached().forEach(needed::remove);
        List<Operator> operators = new ArrayList<>();
        for (Operator operator : block.operators().reversed()) {
            if (operator.writes().stream().anyMatch(needed::contains)) {
                operators.addFirst(operator);
                operator.reads().stream()
                        .filter(value -> !attention.cached().contains(value))
                        .forEach(needed::add);
            }
        }
        return new Expansion(attention, operators);
    }

    boolean isEmpty() {
        return operators.isEmpty();
    }

    /// The map from the latent to keys, of which the rotated part is no part.
    Operator.Linear keyMap() {
        return map(attention.key())
                .or(() -> operators.stream()
                        .filter(Operator.Concatenate.class::isInstance)
                        .filter(whole -> whole.output().equals(attention.key()))
                        .flatMap(whole -> whole.reads().stream())
                        .flatMap(part -> map(part).stream())
                        .findFirst())
                .orElseThrow(() -> new IllegalStateException(attention.name() + " expands no key"));
    }

    /// The map from the latent to values.
    Operator.Linear valueMap() {
        return map(attention.value())
                .orElseThrow(() -> new IllegalStateException(attention.name() + " expands no value"));
    }

    private Optional<Operator.Linear> map(Value output) {
        for (Operator operator : operators) {
            if (operator instanceof Operator.Linear linear && linear.output().equals(output)) {
                return Optional.of(linear);
            }
        }
        return Optional.empty();
    }

    /// The kept value that has the rank of the latent.
    Value latent() {
        return attention.cached().stream()
                .filter(value -> value.shape().has(Axis.LATENT))
                .findFirst()
                .orElseThrow();
    }

    /// What is kept for each token.
    List<Value> kept(LatentUse use) {
        if (isEmpty()) {
            return attention.cached();
        }
        return switch (use) {
            case ABSORBED, EXPANDED_AGAIN -> attention.cached();
            case KEPT_EXPANDED -> List.of(attention.key(), attention.value());
        };
    }
}
