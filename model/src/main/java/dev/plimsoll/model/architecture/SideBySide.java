package dev.plimsoll.model.architecture;

import dev.plimsoll.model.operator.Role;
import dev.plimsoll.model.operator.Value;

/// Two sublayers that read the same normalised input and whose outputs are added (Falcon-H1: attention beside a state
/// space).
public record SideBySide(Sublayer first, Sublayer second) implements Sublayer {
    @Override
    public String key() {
        return first.key();
    }

    @Override
    public Value append(BlockBuilder block, Value input) {
        Value left = first.append(block, input);
        Value right = second.append(block, input);
        return block.add(first.key() + ".beside", Role.RESIDUAL, left, right);
    }
}
