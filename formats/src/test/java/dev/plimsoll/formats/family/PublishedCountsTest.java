package dev.plimsoll.formats.family;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.model.architecture.Block;
import dev.plimsoll.model.architecture.DistinctParameters;
import dev.plimsoll.model.architecture.DistinctParameters.Occurrence;
import dev.plimsoll.model.architecture.Transformer;
import dev.plimsoll.model.operator.Operator;
import java.util.List;
import java.util.function.ToLongFunction;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Two hundred configs, each with the parameters that a source outside gives for it: `truth.csv` names the source.
class PublishedCountsTest {
    @ParameterizedTest(name = "{0}")
    @MethodSource("rows")
    void theDescriptionHasAsManyParametersAsPublished(String file, String parameters, String active) {
        Transformer described = FamilyConfigs.describe(file);
        assertThat(sum(described, occurrence -> occurrence.parameter().elements()))
                .isEqualTo(Long.parseLong(parameters));
        if (!active.isEmpty()) {
            assertThat(sum(described, PublishedCountsTest::active)).isEqualTo(Long.parseLong(active));
        }
    }

    private static List<Arguments> rows() {
        return FamilyConfigs.rows().stream()
                .map(row -> Arguments.of(row[0], row[1], row[2]))
                .toList();
    }

    private static long sum(Transformer described, ToLongFunction<Occurrence> each) {
        return DistinctParameters.of(described.parts()).stream()
                .filter(occurrence -> occurrence.part().isLogical())
                .mapToLong(occurrence -> each.applyAsLong(occurrence) * occurrence.copies())
                .sum();
    }

    /// All elements, or of the routed experts those that one token passes.
    private static long active(Occurrence occurrence) {
        Block block = occurrence.run().block();
        long elements = occurrence.parameter().elements();
        boolean routed = block.operators().stream()
                .filter(Operator.GroupedLinear.class::isInstance)
                .anyMatch(operator -> operator.parameters().contains(occurrence.parameter()));
        return routed
                ? block.operators().stream()
                        .filter(Operator.Router.class::isInstance)
                        .map(Operator.Router.class::cast)
                        .mapToLong(router -> elements
                                / router.routing().experts()
                                * router.routing().topK())
                        .findFirst()
                        .orElseThrow()
                : elements;
    }
}
