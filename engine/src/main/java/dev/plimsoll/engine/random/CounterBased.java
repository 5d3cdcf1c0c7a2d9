package dev.plimsoll.engine.random;

/// A random number for each counter, the same whenever, wherever and in whatever order it is asked for.
///
/// The `counter`-th output of SplitMix64 started at `seed`. Source: Steele, Lea and Flood 2014, figure 14 with the
/// finaliser of Stafford's variant 13.
public record CounterBased(long seed) {
    private static final long GOLDEN_GAMMA = 0x9e3779b97f4a7c15L;
    private static final double UNIT = 0x1p-53;
    private static final double BELL = Math.sqrt(3) / 0x1p16;

    /// 64 bits.
    public long bits(long counter) {
        long mixed = seed + (counter + 1) * GOLDEN_GAMMA;
        mixed = (mixed ^ (mixed >>> 30)) * 0xbf58476d1ce4e5b9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94d049bb133111ebL;
        return mixed ^ (mixed >>> 31);
    }

    /// From 0 to below 1, in steps of 2^-53.
    public double uniform(long counter) {
        return (bits(counter) >>> 11) * UNIT;
    }

    /// An independent generator for each name, for example for each operator of a step.
    public CounterBased at(long name) {
        return new CounterBased(bits(name));
    }

    /// An independent generator for each name in letters.
    public CounterBased at(String name) {
        CounterBased generator = at((long) name.length());
        for (int i = 0; i < name.length(); i++) {
            generator = generator.at((long) name.charAt(i));
        }
        return generator;
    }

    /// Of mean 0 and deviation 1, nearly normal: the sum of four uniform numbers, each of 16 bits and of variance
    /// `2^32 / 12`. None is further than 3.5 from 0.
    public double bell(long counter) {
        long bits = bits(counter);
        long sum = (bits & 0xffff) + ((bits >>> 16) & 0xffff) + ((bits >>> 32) & 0xffff) + (bits >>> 48);
        return (sum - 2 * 0xffff) * BELL;
    }
}
