package dev.plimsoll.model.architecture;

import dev.plimsoll.model.operator.Value;

/// A sublayer whose normalisations stand elsewhere than those of its layer.
///
/// @param wiring one of the serial ones
public record WiredOtherwise(Sublayer inner, LayerRecipe.Wiring wiring) implements Sublayer {
    @Override
    public String key() {
        return inner.key();
    }

    @Override
    public Value append(BlockBuilder block, Value input) {
        return inner.append(block, input);
    }
}
