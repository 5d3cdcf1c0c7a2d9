package dev.plimsoll.model.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.model.operator.Collective;
import dev.plimsoll.model.operator.Operator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ShapeRulesTest {
    private static List<OperatorExample> examples() {
        return Stream.of(
                        TokenWiseExamples.all(),
                        TokenMixingExamples.all(),
                        ExpertExamples.all(),
                        CollectiveExamples.all())
                .flatMap(List::stream)
                .toList();
    }

    @Test
    void everyKindOfOperatorHasAValidAndAnInvalidExample() {
        assertThat(examples().stream().<Class<?>>map(example -> example.valid().getClass()))
                .containsOnly(kinds().toArray(Class<?>[]::new));
        assertThat(examples())
                .allSatisfy(example ->
                        assertThat(example.invalid()).as(example.valid().name()).isNotEmpty());
    }

    private static Stream<Class<?>> kinds() {
        return Stream.concat(
                Stream.of(Operator.class.getPermittedSubclasses()).filter(kind -> kind != Collective.class),
                Stream.of(Collective.class.getPermittedSubclasses()));
    }

    @ParameterizedTest
    @MethodSource("examples")
    void aValidOperatorHasNoViolation(OperatorExample example) {
        assertThat(ShapeRules.violations(example.valid())).isEmpty();
    }

    private static Stream<Arguments> mutated() {
        return examples().stream()
                .flatMap(example -> example.invalid().entrySet().stream().map(ShapeRulesTest::arguments));
    }

    private static Arguments arguments(Map.Entry<Operator, String> invalid) {
        return Arguments.of(invalid.getValue(), invalid.getKey());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("mutated")
    void anAxisThatDisagreesIsNamedBehindItsOperator(String violation, Operator mutated) {
        assertThat(ShapeRules.violations(mutated))
                .singleElement()
                .satisfies(found ->
                        assertThat(found).startsWith(mutated.name() + ": ").contains(violation));
    }
}
