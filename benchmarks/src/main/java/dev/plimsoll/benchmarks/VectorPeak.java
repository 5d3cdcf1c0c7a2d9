package dev.plimsoll.benchmarks;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/// The physical limit of a product: fused multiply-adds on registers alone, on one thread.
final class VectorPeak {
    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
    private static final int CHAINS = 12;
    private static final int ROUNDS = 400_000;
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private VectorPeak() {}

    /// One measurement by CPU time, in GFLOP/s.
    static double gigaflopsPerSecond() {
        long start = THREADS.getCurrentThreadCpuTime();
        float result = multiplyAdds();
        long nanoseconds = THREADS.getCurrentThreadCpuTime() - start;
        if (Float.isNaN(result)) {
            throw new IllegalStateException("the chains left the numbers");
        }
        return 2.0 * CHAINS * SPECIES.length() * ROUNDS / nanoseconds;
    }

    /// As many chains as it takes to hide the latency of an operation: two a cycle, each of four cycles.
    private static float multiplyAdds() {
        FloatVector factor = FloatVector.broadcast(SPECIES, 0.999f);
        FloatVector summand = FloatVector.broadcast(SPECIES, 0.001f);
        FloatVector a = summand;
        FloatVector b = summand;
        FloatVector c = summand;
        FloatVector d = summand;
        FloatVector e = summand;
        FloatVector f = summand;
        FloatVector g = summand;
        FloatVector h = summand;
        FloatVector i = summand;
        FloatVector j = summand;
        FloatVector k = summand;
        FloatVector l = summand;
        for (int round = 0; round < ROUNDS; round++) {
            a = a.fma(factor, summand);
            b = b.fma(factor, summand);
            c = c.fma(factor, summand);
            d = d.fma(factor, summand);
            e = e.fma(factor, summand);
            f = f.fma(factor, summand);
            g = g.fma(factor, summand);
            h = h.fma(factor, summand);
            i = i.fma(factor, summand);
            j = j.fma(factor, summand);
            k = k.fma(factor, summand);
            l = l.fma(factor, summand);
        }
        FloatVector sum = a.add(b).add(c).add(d).add(e).add(f);
        return sum.add(g).add(h).add(i).add(j).add(k).add(l).reduceLanes(VectorOperators.ADD);
    }
}
