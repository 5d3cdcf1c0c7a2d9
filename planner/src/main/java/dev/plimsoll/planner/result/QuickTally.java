package dev.plimsoll.planner.result;

import dev.plimsoll.model.failure.InputException;

/// Multiplies and adds, and makes no objects: exact in 63 bits, and beyond them a double.
public final class QuickTally implements Tally {
    private long product;
    private double wideProduct;
    private long sum;
    private double wideSum;
    private boolean wide;

    @Override
    public Tally group(String name) {
        return this;
    }

    @Override
    public Tally leaf(String name) {
        close();
        product = 1;
        return this;
    }

    @Override
    public Tally times(String symbol, long value) {
        return times(value);
    }

    @Override
    public Tally times(long value) {
        if (value == 0) {
            product = 0;
            wideProduct = 0;
        } else if (wideProduct != 0) {
            wideProduct *= value;
        } else if (Math.multiplyHigh(product, value) == 0 && product * value >= 0) {
            product *= value;
        } else {
            wideProduct = (double) product * value;
        }
        return this;
    }

    @Override
    public Tally timesSum(String symbol, long times, long first, long second) {
        return times(times * first + second);
    }

    /// Adds another tally's sum so many times.
    public void add(QuickTally other, long times) {
        other.close();
        leaf("");
        if (other.wide) {
            product = 0;
            wideProduct = other.wideSum * times;
        } else {
            times(other.sum).times(times);
        }
    }

    /// Begins anew.
    public void clear() {
        product = 0;
        wideProduct = 0;
        sum = 0;
        wideSum = 0;
        wide = false;
    }

    /// The sum of all leaves.
    ///
    /// @param what is counted, for the message
    /// @throws InputException past 2^63 - 1
    public long exact(String what) {
        close();
        if (wide) {
            throw InputException.unsupported(
                    what + ": found about " + wideSum + ", expected at most " + Long.MAX_VALUE,
                    "Check the sizes in the model's configuration.");
        }
        return sum;
    }

    /// The sum of all leaves: exact below 2^53, rounded once where 63 bits hold it.
    public double value() {
        close();
        return wide ? wideSum : sum;
    }

    /// Whether the sum of all leaves is at most that.
    public boolean isAtMost(long limit) {
        close();
        return !wide && sum <= limit;
    }

    private void close() {
        if (wideProduct != 0) {
            widen();
            wideSum += wideProduct;
            wideProduct = 0;
        } else if (wide) {
            wideSum += product;
        } else if (sum + product >= 0) {
            sum += product;
        } else {
            widen();
            wideSum += product;
        }
        product = 0;
    }

    private void widen() {
        if (!wide) {
            wide = true;
            wideSum = sum;
        }
    }
}
