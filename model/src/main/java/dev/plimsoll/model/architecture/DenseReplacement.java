package dev.plimsoll.model.architecture;

import dev.plimsoll.model.operator.Role;
import dev.plimsoll.model.operator.Value;
import dev.plimsoll.model.shape.Shape;

/// One linear map in the place of another sublayer, `h·h` parameters (Nemotron's searched blocks).
public record DenseReplacement(Replaced replaced) implements Sublayer {
    /// What the map stands for.
    public enum Replaced {
        ATTENTION,
        FEED_FORWARD
    }

    @Override
    public String key() {
        return switch (replaced) {
            case ATTENTION -> "attention";
            case FEED_FORWARD -> "feed_forward";
        };
    }

    @Override
    public Value append(BlockBuilder block, Value input) {
        Shape hidden = input.shape().trailing(1);
        Role role = switch (replaced) {
            case ATTENTION -> Role.ATTENTION_OUTPUT;
            case FEED_FORWARD -> Role.FEED_FORWARD;
        };
        return block.linear(key() + ".linear", role, input, hidden, hidden, Presence.ABSENT);
    }
}
