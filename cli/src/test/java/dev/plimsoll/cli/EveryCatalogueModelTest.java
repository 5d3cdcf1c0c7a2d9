package dev.plimsoll.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.plimsoll.formats.config.Config;
import dev.plimsoll.formats.family.Families;
import dev.plimsoll.formats.model.Catalogue;
import dev.plimsoll.planner.result.Arithmetic;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/// Every published model answers every question, its published figure to the digit, every line of it arithmetic.
class EveryCatalogueModelTest {
    static Stream<Catalogue.Entry> entries() {
        return Catalogue.entries().stream();
    }

    @ParameterizedTest
    @MethodSource("entries")
    void parametersAreThePublishedOnesAndAddUp(Catalogue.Entry entry) {
        JsonNode answer = Run.json("model", entry.ref(), "--explain");
        long total = answer.at("/parameters/total").asLong();
        entry.parameters().ifPresent(published -> assertThat(total).isEqualTo(published));
        long sum = 0;
        for (JsonNode block : answer.at("/parameters/blocks")) {
            sum += block.get("part").asString().equals("next tokens")
                    ? 0
                    : block.get("parameters").asLong();
            long ofOne = block.get("parametersOfOne").asLong();
            long parameters = block.get("parameters").asLong();
            assertThat(parameters == ofOne || parameters >= block.get("count").asLong() * ofOne)
                    .as("one that all layers run, or all layers and what they share: %s", block)
                    .isTrue();
        }
        assertThat(sum).as("the blocks add up").isEqualTo(total);
        assertThat(answer.at("/parameters/active").asLong()).isPositive().isLessThanOrEqualTo(total);
        assertThat(answer.at("/explanations/0/value").asLong()).isEqualTo(total);
        evaluates(answer.get("explanations"));
    }

    @ParameterizedTest
    @MethodSource("entries")
    void theCacheIsArithmeticAndNoMoreThanAnEngineTakes(Catalogue.Entry entry) {
        JsonNode answer = Run.json("kv", entry.ref(), "--tokens", "1000", "--batch", "3", "--explain");
        JsonNode cache = answer.get("keyValueCache");
        assertThat(cache.get("bytes").asLong())
                .isLessThanOrEqualTo(cache.get("engineBytes").asLong());
        assertThat(cache.get("totalBytes").asLong())
                .isEqualTo(cache.get("bytes").asLong()
                        + 3 * cache.get("stateBytesPerSequence").asLong());
        assertThat(answer.at("/explanations/0/value").asLong())
                .isEqualTo(cache.get("bytes").asLong());
        evaluates(answer.get("explanations"));
    }

    @ParameterizedTest
    @MethodSource("entries")
    void memoryOfServingIsArithmeticAndAddsUp(Catalogue.Entry entry) {
        JsonNode answer = Run.json("fit", entry.ref(), "--gpu", "h200:8", "--tp", "1", "--explain");
        JsonNode memory = answer.get("memory");
        long lines = 0;
        for (JsonNode line : memory.get("lines")) {
            lines += line.get("bytes").asLong();
        }
        long beforeCache = memory.get("weightBytes").asLong()
                + memory.get("runtimeBytes").asLong()
                + memory.get("activationBytes").asLong();
        assertThat(lines).isEqualTo(beforeCache);
        assertThat(memory.get("keyValueCacheBytes").asLong())
                .isEqualTo(Math.max(0, memory.get("budgetBytes").asLong() - beforeCache));
        assertThat(answer.get("feasibility").asString()).isNotEqualTo("invalid");
        evaluates(answer.get("explanations"));
    }

    @ParameterizedTest
    @MethodSource("entries")
    void flopsAreArithmeticAndTheOperatorsAddUp(Catalogue.Entry entry) {
        boolean reads =
                Families.describe(new Config(entry.ref(), entry.config())).readsText();
        String length = reads ? "--seq-length" : "--patches";
        for (String phase : new String[] {"train", "prefill", "decode"}) {
            Run run = Run.of(Run.asJson("flops", entry.ref(), length, "64", "--phase", phase, "--explain"));
            if (phase.equals("decode") && isEncoder(entry)) {
                assertThat(run.refused(2).cause()).contains("no decoder");
                continue;
            }
            JsonNode answer = run.answered().tree();
            JsonNode flops = answer.get("flops");
            double sum = 0;
            for (JsonNode operator : flops.get("operators")) {
                sum += operator.get("forward").asDouble();
            }
            double forward = flops.get("forward").asDouble();
            assertThat(sum).as(phase).isCloseTo(forward, withinPercentage(1e-10));
            assertThat(flops.get("total").asDouble())
                    .as(phase)
                    .isCloseTo(
                            forward
                                    + flops.get("backward").asDouble()
                                    + flops.get("recompute").asDouble(),
                            withinPercentage(1e-10));
            assertThat(answer.at("/explanations/0/value").asDouble())
                    .as(phase)
                    .isCloseTo(flops.get("total").asDouble(), withinPercentage(1e-10));
            evaluates(answer.get("explanations"));
        }
    }

    /// Nothing is generated by a model that keeps nothing of the tokens before.
    private static boolean isEncoder(Catalogue.Entry entry) {
        JsonNode cache = Run.json("kv", entry.ref()).get("keyValueCache");
        return cache.get("bytesPerToken").asLong() == 0
                && cache.get("stateBytesPerSequence").asLong() == 0;
    }

    /// Forms with quotients end in rounded digits; all else is exact below 2^53.
    private static void evaluates(JsonNode lines) {
        assertThat(lines).isNotEmpty();
        for (JsonNode line : lines) {
            double evaluated =
                    Arithmetic.evaluate(line.get("substituted").asString()).doubleValue();
            assertThat(line.get("value").asDouble()).as("%s", line).isCloseTo(evaluated, withinPercentage(1e-13));
        }
    }
}
