package dev.plimsoll.planner.device;

import dev.plimsoll.model.execution.Parallelism;
import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.planner.training.MicroBatch;

/// How many copies of tokens go from one device to the experts of another.
@FunctionalInterface
public interface RoutedCopies {
    /// @param microBatch of the step, from 0
    /// @param label of the block
    /// @param from rank of the device that has the tokens
    /// @param to rank of the device that has the experts
    long between(int microBatch, String label, int from, int to);

    /// Every expert gets as many.
    ///
    /// @param topK experts that a token is sent to
    /// @throws InputException where a device's copies cannot be shared out evenly
    static RoutedCopies balanced(Parallelism parallelism, MicroBatch batch, long topK) {
        long sharing =
                (long) parallelism.context().degree() * parallelism.tensor().degree();
        long copies = batch.sequences() * batch.tokens() / sharing * topK;
        long groups = parallelism.expert().degree();
        if (copies % groups != 0) {
            throw InputException.usage(
                    "experts: found %d copies of tokens on each device, expected a multiple of %d devices with experts"
                            .formatted(copies, groups),
                    "Choose a micro-batch whose tokens can be shared out evenly.");
        }
        return (microBatch, label, from, to) -> copies / groups;
    }

    /// For a model without experts.
    static RoutedCopies none() {
        return (microBatch, label, from, to) -> {
            throw new IllegalArgumentException(label + " sends no copies to experts");
        };
    }
}
