package dev.plimsoll.planner.serving;

import java.util.List;

/// Whether a job fits.
public sealed interface Verdict {
    /// @param headroom bytes of the fullest device that are left
    record Fits(long headroom) implements Verdict {}

    /// @param limit what is too much
    /// @param needed bytes on the fullest device
    /// @param available bytes of its budget
    /// @param largest lines, at most three
    record DoesNotFit(Limit limit, long needed, long available, List<MemoryLine> largest) implements Verdict {
        public DoesNotFit {
            largest = List.copyOf(largest);
        }
    }

    /// The engine would refuse it whatever the memory.
    record Invalid(List<Violation> violations) implements Verdict {
        public Invalid {
            violations = List.copyOf(violations);
        }
    }

    /// What is too much for a budget.
    enum Limit {
        /// Weights, runtime and activations alone.
        MODEL,
        /// The cache of what is to be held at once.
        CACHE
    }
}
