package dev.plimsoll.planner.cost;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.model.architecture.Part;
import dev.plimsoll.model.architecture.Transformer;
import dev.plimsoll.model.shape.DataType;
import dev.plimsoll.model.shape.GgmlTypes;
import dev.plimsoll.planner.Models;
import dev.plimsoll.planner.RandomModels;
import dev.plimsoll.planner.result.Arithmetic;
import dev.plimsoll.planner.result.Explanation;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Every printed line is arithmetic, and its value is the one that was counted without it.
class ExplanationsTest {
    private static final Set<String> WORDS =
            Set.of("pairs", "rows", "tokens", "bytes", "blocks", "sequences", "elements");

    @Test
    void theCacheOfLlama2With70BIsOneProduct() {
        KeyValueCacheSize size = KeyValueCacheSize.of(Models.llama2With70B(), CacheFormat.of(DataType.BF16));
        Explanation line = size.explanations(4096, 1).getFirst();
        assertThat(line.formula()).isEqualTo("2 x L x k x d x bytes x tokens x sequences");
        assertThat(line.substituted()).isEqualTo("2 x 80 x 8 x 128 x 2 x 4096 x 1");
        assertThat(line.value()).isEqualByComparingTo("1342177280");
        assertThat(line.basis().unit()).isEqualTo("B");
    }

    static Stream<Transformer> models() {
        return Stream.of(
                Models.gpt2(),
                Models.gpt3(),
                Models.llama2With70B(),
                Models.mixtral8x7B(),
                Models.deepSeekV32(),
                Models.gemma3With27B(),
                Models.gptOss20B(),
                Models.qwen36With27B(),
                Models.lfm2With1200M(),
                Models.mamba130M(),
                Models.mamba2(4, 768, 24),
                Models.t5(6, 512, 8, 64, 2048));
    }

    @ParameterizedTest
    @MethodSource("models")
    void linesOfPublishedModelsEvaluateToTheirValues(Transformer model) {
        check(model, 4096, "published " + model.architecture());
    }

    @RepeatedTest(60)
    void linesOfRandomModelsEvaluateToTheirValues(RepetitionInfo repetition) {
        long seed = repetition.getCurrentRepetition();
        check(new RandomModels(seed).next(), 1L + new Random(seed).nextInt(400), "seed " + seed);
    }

    private static void check(Transformer model, long tokens, String what) {
        ParameterCount parameters = ParameterCount.of(model);
        List<Explanation> lines = new ArrayList<>(parameters.explanations());
        assertThat(lines.getFirst().value()).as(what).isEqualByComparingTo(BigDecimal.valueOf(parameters.total()));
        for (CacheFormat format : List.of(
                CacheFormat.of(DataType.BF16), CacheFormat.of(GgmlTypes.Q4_0).withPages(16))) {
            KeyValueCacheSize cache = KeyValueCacheSize.of(model, format);
            List<Explanation> cached = cache.explanations(tokens, 3);
            assertThat(cached.getFirst().value())
                    .as(what)
                    .isEqualByComparingTo(
                            BigDecimal.valueOf(cache.bytes(tokens, 3).count()));
            lines.addAll(cached);
            cache.textbook(tokens, 3).ifPresent(comparison -> lines.add(comparison.closedForm()));
        }
        for (CountingConvention convention : CountingConvention.presets()) {
            for (Workload workload : List.of(
                    new Workload.Training(2, tokens, Recomputation.SELECTIVE),
                    new Workload.Training(2, tokens, Recomputation.FULL),
                    new Workload.Prefill(2, tokens, 7),
                    new Workload.Decode(2, tokens))) {
                FlopCount flops = FlopCount.of(model, workload, convention);
                List<Explanation> counted = flops.explanations();
                assertThat(counted.getFirst().value().doubleValue())
                        .as("%s, %s, %s", what, convention.name(), workload)
                        .isCloseTo(flops.total().count(), Percentage.withPercentage(1e-12));
                lines.addAll(counted);
                flops.textbook().ifPresent(comparison -> lines.add(comparison.closedForm()));
            }
        }
        for (WeightFormat format : WeightFormat.all()) {
            WeightBytes weights = WeightBytes.of(model, format);
            List<Explanation> sized = weights.explanations();
            assertThat(sized.getFirst().value())
                    .as("%s, %s", what, format.name())
                    .isEqualByComparingTo(BigDecimal.valueOf(weights.total().count()));
            lines.addAll(sized);
        }
        if (model.parts().getLast().kind() == Part.Kind.TEXT_DECODER) {
            for (CacheSaving.Over over : CacheSaving.Over.values()) {
                lines.addAll(CacheSaving.of(model, tokens, over).explanations());
            }
        }
        lines.add(RuleOfThumb.of(model, new Workload.Training(2, tokens)).explanation());
        for (Explanation line : lines) {
            if (isInLetters(line.formula())) {
                assertThat(signs(line.substituted()))
                        .as("%s: %s, the signs of %s", what, line.substituted(), line.formula())
                        .isEqualTo(signs(line.formula()));
            }
            BigDecimal value = Arithmetic.evaluate(line.substituted());
            // Forms with fractions are rounded at the 34th digit.
            BigDecimal slack = line.substituted().contains("/")
                    ? line.value().abs().max(BigDecimal.ONE).multiply(new BigDecimal("1e-30"), MathContext.DECIMAL64)
                    : BigDecimal.ZERO;
            assertThat(value.subtract(line.value()).abs())
                    .as("%s: %s = %s", what, line.topic(), line.substituted())
                    .isLessThanOrEqualTo(slack);
        }
    }

    /// Whether every symbol of a formula stands for one number, none for a line above or below.
    private static boolean isInLetters(String formula) {
        return Arrays.stream(formula.replaceAll("[-+/()]", " ").strip().split("\\s+", -1))
                .allMatch(symbol -> symbol.length() <= 2 || symbol.matches("\\d+") || WORDS.contains(symbol));
    }

    /// The line with every symbol or number hidden.
    private static String signs(String line) {
        return line.replaceAll("(?<![\\w.])(?!x\\b)[\\w.]+", "#");
    }
}
