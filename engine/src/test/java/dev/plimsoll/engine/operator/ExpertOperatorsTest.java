package dev.plimsoll.engine.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.operator.Parameter;
import dev.plimsoll.model.operator.Role;
import dev.plimsoll.model.operator.Routing;
import dev.plimsoll.model.operator.TensorNames;
import dev.plimsoll.model.operator.Value;
import dev.plimsoll.model.shape.Axis;
import dev.plimsoll.model.shape.Shape;
import java.util.List;
import java.util.Optional;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/// The operators of a mixture of experts, by hand: three experts, two of which a token is sent to.
class ExpertOperatorsTest {
    private static final Offset<Float> ROUNDING = within(1e-6f);
    private static final Shape TOKENS = Shape.open(Axis.BATCH, Axis.SEQUENCE);
    private static final Shape TWO = Shape.of(Axis.HIDDEN, 2);
    private static final Shape EXPERTS = Shape.of(Axis.EXPERTS, 3);
    private static final Shape CHOSEN = TOKENS.then(Shape.of(Axis.TOP_K, 2));
    private static final Value X = Value.activation("x", TOKENS.then(TWO));
    private static final Value COPIES = Value.activation("copies", CHOSEN.then(TWO));
    private static final Value CHOICE = Value.index("choice", CHOSEN);
    private static final Value WEIGHTS = new Value("weights", CHOSEN, Value.Content.SCORE);
    private static final Parameter ROUTER = parameter("router", Parameter.Kind.MATRIX, EXPERTS, TWO);
    private static final Parameter CORRECTION = parameter("correction", Parameter.Kind.CORRECTION, EXPERTS);

    /// Logits ln 1, ln 2 and ln 5, of which 1/8, 2/8 and 5/8.
    @Test
    void aSoftmaxRouterWeighsByProbability() {
        try (Table operands = logits(Math.log(1), Math.log(2), Math.log(5))) {
            operands.run(router(Routing.Scoring.SOFTMAX, Routing.Weighting.AS_SCORED, Optional.empty()));
            assertThat(operands.value(CHOICE).integers()).containsExactly(2, 1);
            assertThat(operands.floats(WEIGHTS)).containsExactly(new float[] {5 / 8f, 2 / 8f}, ROUNDING);
            operands.run(router(Routing.Scoring.SOFTMAX, Routing.Weighting.NORMALIZED, Optional.empty()));
            assertThat(operands.floats(WEIGHTS)).containsExactly(new float[] {5 / 7f, 2 / 7f}, ROUNDING);
            assertThat(operands.counts().logicalMultiplyAdds()).isEqualTo(2 * 3 * 2);
        }
    }

    /// Logits ln 1, ln 3 and ln 4 have sigmoids 1/2, 3/4 and 4/5; a correction of 1 chooses the first, and weighs nothing.
    @Test
    void aCorrectionChoosesButDoesNotWeigh() {
        try (Table operands = logits(Math.log(1), Math.log(3), Math.log(4)).with(CORRECTION, 1, 0, 0)) {
            operands.run(router(Routing.Scoring.SIGMOID, Routing.Weighting.AS_SCORED, Optional.of(CORRECTION)));
            assertThat(operands.value(CHOICE).integers()).containsExactly(0, 2);
            assertThat(operands.floats(WEIGHTS)).containsExactly(new float[] {1 / 2f, 4 / 5f}, ROUNDING);
        }
    }

    @Test
    void aRouterCanBeToldItsChoice() {
        Operator.Router router = router(Routing.Scoring.SOFTMAX, Routing.Weighting.AS_SCORED, Optional.empty());
        try (Table operands = logits(Math.log(1), Math.log(2), Math.log(5)).withGivenExperts(0, 2)) {
            operands.run(router);
            assertThat(operands.value(CHOICE).integers()).containsExactly(0, 2);
            assertThat(operands.floats(WEIGHTS)).containsExactly(new float[] {1 / 8f, 5 / 8f}, ROUNDING);
        }
        try (Table operands = logits(0, 0, 0).withGivenExperts(0, 3)) {
            assertThatExceptionOfType(InputException.class)
                    .isThrownBy(() -> operands.run(router))
                    .withMessage("router: found the number 3, expected 0 to 2");
        }
    }

    /// One token (1, 0), so that the weight's first column is its logits.
    private static Table logits(double first, double second, double third) {
        return Table.of(1).with(X, 1, 0).with(ROUTER, (float) first, 9, (float) second, 9, (float) third, 9);
    }

    private static Operator.Router router(
            Routing.Scoring scoring, Routing.Weighting weighting, Optional<Parameter> correction) {
        Routing routing = new Routing(3, 2, scoring, weighting);
        return new Operator.Router(
                "router", Role.ROUTER, X, ROUTER, Optional.empty(), correction, routing, CHOICE, WEIGHTS);
    }

    @Test
    void copiesGoToExpertsAndComeBackWeighted() {
        Operator.Dispatch dispatch = new Operator.Dispatch("d", Role.EXPERT, X, CHOICE, COPIES);
        Value y = Value.activation("y", TOKENS.then(TWO));
        Operator.Combine combine = new Operator.Combine("c", Role.EXPERT, COPIES, CHOICE, Optional.of(WEIGHTS), y);
        Operator.Combine plain = new Operator.Combine("c", Role.EXPERT, COPIES, CHOICE, Optional.empty(), y);
        try (Table operands = Table.of(2).with(X, 1, 2, 3, 4).withIndices(CHOICE, 0, 1, 1, 2)) {
            assertThat(operands.run(dispatch)).containsExactly(1, 2, 1, 2, 3, 4, 3, 4);
            operands.with(COPIES, 1, 2, 3, 4, 5, 6, 7, 8).with(WEIGHTS, 1, 10, 2, 0);
            assertThat(operands.run(combine)).containsExactly(31, 42, 10, 12);
            assertThat(operands.run(plain)).containsExactly(4, 6, 12, 14);
        }
    }

    /// Expert `n` multiplies by `n + 1` and adds `10 n`; nobody is sent to the last but one.
    @Test
    void eachRowMeetsItsExpertsWeights() {
        Shape out = Shape.of(Axis.FEED_FORWARD, 2);
        Parameter weight = parameter("w", Parameter.Kind.MATRIX, EXPERTS, out, TWO);
        Parameter bias = parameter("b", Parameter.Kind.BIAS, EXPERTS, out);
        Value y = Value.activation("y", CHOSEN.then(out));
        Operator.GroupedLinear linear =
                new Operator.GroupedLinear("g", Role.EXPERT, COPIES, CHOICE, weight, Optional.of(bias), y);
        try (Table operands = Table.of(2)
                .with(COPIES, 1, 2, 3, 4, 5, 6, 7, 8)
                .withIndices(CHOICE, 0, 2, 2, 0)
                .with(weight, 1, 0, 0, 1, 2, 0, 0, 2, 3, 0, 0, 3)
                .with(bias, 0, 0, 10, 10, 20, 20)) {
            assertThat(operands.run(linear)).containsExactly(1, 2, 29, 32, 35, 38, 7, 8);
            assertThat(operands.counts().logicalMultiplyAdds()).isEqualTo(4 * 2 * 2);
            // Rows, choices, and two experts' weights and biases of three.
            assertThat(operands.counts().bytesRead()).isEqualTo(4 * (8 + 4 + 2 * (4 + 2)));
        }
    }

    private static Parameter parameter(String name, Parameter.Kind kind, Shape... groups) {
        return new Parameter(name, List.of(groups), kind, Parameter.Sharing.EACH_LAYER, TensorNames.NONE);
    }
}
