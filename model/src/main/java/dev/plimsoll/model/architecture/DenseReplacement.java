package dev.plimsoll.model.architecture;

import dev.plimsoll.model.operator.Role;
import dev.plimsoll.model.operator.Value;
import dev.plimsoll.model.shape.Shape;

/// One linear map in the place of attention or of a feed-forward network, `h·h` parameters (Nemotron's searched
/// blocks).
///
/// @param key what it stands for: `attention` or `feed_forward`
public record DenseReplacement(String key) implements Sublayer {
    private static final String ATTENTION = "attention";

    public DenseReplacement {
        if (!key.equals(ATTENTION) && !key.equals("feed_forward")) {
            throw new IllegalArgumentException("a linear map stands for attention or feed_forward, not for " + key);
        }
    }

    @Override
    public Value append(BlockBuilder block, Value input) {
        Shape hidden = input.shape().trailing(1);
        Role role = key.equals(ATTENTION) ? Role.ATTENTION_OUTPUT : Role.FEED_FORWARD;
        return block.linear(key + ".linear", role, input, hidden, hidden, Presence.ABSENT);
    }
}
