package dev.plimsoll.model.architecture;

import static dev.plimsoll.model.architecture.OperatorExample.HIDDEN;
import static dev.plimsoll.model.architecture.OperatorExample.INNER;
import static dev.plimsoll.model.architecture.OperatorExample.parameter;
import static dev.plimsoll.model.architecture.OperatorExample.tokens;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.operator.Parameter;
import dev.plimsoll.model.operator.Role;
import dev.plimsoll.model.operator.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// A valid block of two linear maps and a residual; each test changes one thing.
class BlockTest {
    private static final Value X = tokens("x", HIDDEN);
    private static final Value WIDE = tokens("wide", INNER);
    private static final Value NARROW = tokens("narrow", HIDDEN);
    private static final Value Y = tokens("y", HIDDEN);
    private static final Parameter UP = parameter("up.weight", INNER, HIDDEN);
    private static final Parameter DOWN = parameter("down.weight", HIDDEN, INNER);
    private static final Operator UP_MAP = linear("up", X, UP, WIDE);
    private static final Operator DOWN_MAP = linear("down", WIDE, DOWN, NARROW);
    private static final Operator RESIDUAL = new Operator.Add("residual", Role.RESIDUAL, X, NARROW, Y);
    private static final List<Operator> PROGRAM = List.of(UP_MAP, DOWN_MAP, RESIDUAL);
    private static final List<Parameter> PARAMETERS = List.of(UP, DOWN);

    @Test
    void aValidProgramIsABlock() {
        assertThat(block(PARAMETERS, PROGRAM, Y).operators()).isEqualTo(PROGRAM);
    }

    @Test
    void aValueReadBeforeItIsWrittenIsRefused() {
        assertRefused(
                PARAMETERS,
                List.of(DOWN_MAP, UP_MAP, RESIDUAL),
                "layer: down reads wide, which nothing has written yet");
    }

    @Test
    void aValueWrittenTwiceIsRefused() {
        assertRefused(
                PARAMETERS,
                List.of(UP_MAP, linear("again", X, UP, WIDE), DOWN_MAP, RESIDUAL),
                "layer: again writes wide, which is written already");
    }

    @Test
    void anInputIsNotWrittenAgain() {
        List<Operator> program = new ArrayList<>(PROGRAM);
        program.add(new Operator.Add("again", Role.RESIDUAL, X, NARROW, X));
        assertRefused(PARAMETERS, program, "layer: again writes x, which is written already");
    }

    @Test
    void twoInputsOfOneNameAreRefused() {
        assertThatThrownBy(() -> new Block("layer", List.of(X, X), PARAMETERS, PROGRAM, List.of(Y)))
                .hasMessage("layer: the list of inputs writes x, which is written already");
    }

    @Test
    void aValueReadInAnotherShapeThanItWasWrittenIsRefused() {
        Value other = tokens("narrow", INNER);
        Operator widened = new Operator.Add("residual", Role.RESIDUAL, WIDE, other, tokens("y", INNER));
        assertThatThrownBy(() -> block(PARAMETERS, List.of(UP_MAP, DOWN_MAP, widened), tokens("y", INNER)))
                .hasMessage("layer: residual reads narrow[b, s, f20], which was written as narrow[b, s, h12]");
    }

    @Test
    void anOutputThatNobodyWroteIsRefused() {
        assertThatThrownBy(() -> block(PARAMETERS, PROGRAM, tokens("z", HIDDEN)))
                .hasMessage("layer: the list of outputs reads z, which nothing has written yet");
    }

    @Test
    void anOperatorWhoseAxesDisagreeIsRefused() {
        Operator swapped = linear("down", WIDE, parameter("down.weight", INNER, HIDDEN), NARROW);
        assertThatThrownBy(() -> block(
                        List.of(UP, parameter("down.weight", INNER, HIDDEN)), List.of(UP_MAP, swapped, RESIDUAL), Y))
                .hasMessageContaining(
                        "layer: down: the weight [f20, h12] sums over [h12] but the input is [b, s, f20]");
    }

    @Test
    void twoOperatorsOfOneNameAreRefused() {
        assertRefused(
                PARAMETERS,
                List.of(UP_MAP, linear("up", WIDE, DOWN, NARROW), RESIDUAL),
                "layer: two operators are called up");
    }

    @Test
    void aParameterThatNobodyReadsIsRefused() {
        assertRefused(
                List.of(UP, DOWN, parameter("gate.weight", INNER, HIDDEN)),
                PROGRAM,
                "layer: nobody reads the parameter gate.weight");
    }

    @Test
    void aParameterThatIsNotDeclaredIsRefused() {
        assertRefused(List.of(UP), PROGRAM, "layer: the parameter down.weight is read but not declared");
    }

    @Test
    void aParameterDeclaredTwiceIsRefused() {
        assertRefused(List.of(UP, DOWN, UP), PROGRAM, "layer: two parameters are called up.weight");
    }

    @Test
    void twoParametersOfOneNameAreRefused() {
        Parameter other = parameter("up.weight", HIDDEN, INNER);
        assertRefused(
                PARAMETERS.subList(0, 1),
                List.of(UP_MAP, linear("down", WIDE, other, NARROW), RESIDUAL),
                "layer: down reads another parameter called up.weight");
    }

    @Test
    void everyViolationStandsInOneMessage() {
        assertThatThrownBy(() -> new Block(
                        "layer",
                        List.of(X),
                        List.of(UP, parameter("gate.weight", INNER, HIDDEN)),
                        List.of(DOWN_MAP, UP_MAP, UP_MAP, RESIDUAL),
                        List.of(tokens("z", HIDDEN))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(String.join(
                        "; ",
                        "layer: down reads wide, which nothing has written yet",
                        "layer: two operators are called up",
                        "layer: up writes wide, which is written already",
                        "layer: the list of outputs reads z, which nothing has written yet",
                        "layer: nobody reads the parameter gate.weight",
                        "layer: the parameter down.weight is read but not declared"));
    }

    private static void assertRefused(List<Parameter> parameters, List<Operator> program, String violation) {
        assertThatThrownBy(() -> block(parameters, program, Y))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(violation);
    }

    private static Block block(List<Parameter> parameters, List<Operator> program, Value output) {
        return new Block("layer", List.of(X), parameters, program, List.of(output));
    }

    private static Operator linear(String name, Value input, Parameter weight, Value output) {
        return new Operator.Linear(name, Role.FEED_FORWARD, input, weight, Optional.empty(), output);
    }
}
