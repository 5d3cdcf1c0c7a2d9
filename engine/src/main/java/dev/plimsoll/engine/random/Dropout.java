package dev.plimsoll.engine.random;

/// Which elements are set to zero, by their number; the others are divided by the share that stays.
///
/// Source: Srivastava et al. 2014, in the inverted form that leaves inference alone.
///
/// @param rate the probability of a zero, below 1
public record Dropout(double rate, CounterBased random) {
    public static final Dropout NONE = new Dropout(0, new CounterBased(0));

    public Dropout {
        if (!(rate >= 0 && rate < 1)) {
            throw new IllegalArgumentException("a dropout is a probability below 1, not " + rate);
        }
    }

    /// Whether anything is ever dropped.
    public boolean drops() {
        return rate > 0;
    }

    /// What element `number` is multiplied by: 0, or `1 / (1 - rate)`.
    public float factor(long number) {
        return keeps(number) ? kept() : 0;
    }

    public boolean keeps(long number) {
        return random.uniform(number) >= rate;
    }

    /// What the elements that stay are multiplied by.
    public float kept() {
        return (float) (1 / (1 - rate));
    }
}
