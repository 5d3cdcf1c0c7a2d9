package dev.plimsoll.model.architecture;

import dev.plimsoll.model.operator.Value;
import java.util.Map;

/// A sublayer some of whose linear maps' outputs are multiplied by constants, so that a model of any width trains with
/// the same rates. Source: Yang et al. 2022 (maximal update parametrisation); the Falcon-H1 report.
///
/// @param factors by the name of the linear map, for example `attention.key`
public record Multiplied(Sublayer inner, Map<String, Double> factors) implements Sublayer {
    public Multiplied {
        factors = Map.copyOf(factors);
    }

    @Override
    public String key() {
        return inner.key();
    }

    @Override
    public Value append(BlockBuilder block, Value input) {
        return block.multiplying(factors, () -> inner.append(block, input));
    }
}
