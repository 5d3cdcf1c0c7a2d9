package dev.plimsoll.engine.generation;

import dev.plimsoll.engine.meter.Counts;
import dev.plimsoll.engine.meter.Meter;
import dev.plimsoll.engine.tensor.Tensor;
import dev.plimsoll.engine.training.OperatorWork;
import dev.plimsoll.engine.training.Pass;
import dev.plimsoll.model.operator.Operator;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/// Notes down what each operator of a feed does, and where routers send its tokens.
///
/// What the meter counts belongs to the operator that was named last.
final class FeedLog {
    private final Meter meter;
    private final List<OperatorWork> works = new ArrayList<>();
    private final List<RoutedTokens> routed = new ArrayList<>();
    private Counts before;
    private String label = "";
    private String operator = "";

    FeedLog(Meter meter) {
        this.meter = meter;
        this.before = meter.counts();
    }

    void start() {
        works.clear();
        routed.clear();
        before = meter.counts();
        operator = "";
    }

    /// From here on another operator works.
    void at(String nextLabel, String nextOperator) {
        Counts now = meter.counts();
        if (!operator.isEmpty()) {
            works.add(new OperatorWork(label, operator, Pass.FORWARD, now.minus(before)));
        }
        before = now;
        label = nextLabel;
        operator = nextOperator;
    }

    /// Another operator of the same block.
    void at(Operator next) {
        at(label, next.name());
    }

    /// @param experts each token's, as the router chose them
    void routed(long layer, Operator.Router router, Tensor experts) {
        List<Integer> tokens = new ArrayList<>(
                Collections.nCopies(Math.toIntExact(router.routing().experts()), 0));
        for (int expert : experts.integers()) {
            tokens.set(expert, tokens.get(expert) + 1);
        }
        routed.add(new RoutedTokens(layer, router.name(), tokens));
    }

    /// Ends the last operator's work.
    List<OperatorWork> works() {
        at(label, "");
        return List.copyOf(works);
    }

    List<RoutedTokens> routed() {
        return List.copyOf(routed);
    }
}
