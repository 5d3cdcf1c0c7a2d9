package dev.plimsoll.formats.family;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.plimsoll.formats.config.Config;
import dev.plimsoll.formats.model.Catalogue;
import dev.plimsoll.model.architecture.Block;
import dev.plimsoll.model.architecture.DistinctParameters;
import dev.plimsoll.model.architecture.LayerRun;
import dev.plimsoll.model.architecture.Part;
import dev.plimsoll.model.architecture.Transformer;
import dev.plimsoll.model.operator.AttentionMask;
import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.operator.Parameter;
import dev.plimsoll.model.operator.RotaryScaling;
import dev.plimsoll.model.operator.Routing;
import dev.plimsoll.model.operator.Value;
import dev.plimsoll.model.rewrite.Shrinking;
import dev.plimsoll.model.rewrite.Shrunk;
import dev.plimsoll.model.shape.Axis;
import dev.plimsoll.model.shape.Dimension;
import dev.plimsoll.model.shape.Shape;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Every published model of the catalogue, and every config of the families, keeps its architecture when it is shrunk.
class ShrunkModelsTest {
    private static final long MOST_PARAMETERS = 2_000_000;

    private static final List<Arguments> MODELS = Stream.concat(
                    Catalogue.entries().stream()
                            .map(entry -> Arguments.of(
                                    entry.ref(), Families.describe(new Config(entry.ref(), entry.config())))),
                    FamilyConfigs.files().stream().map(file -> Arguments.of(file, FamilyConfigs.describe(file))))
            .toList();

    private static List<Arguments> models() {
        return MODELS;
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("models")
    void layersKeepTheirKindsTheirNeighboursAndTheirPeriod(String name, Transformer original) {
        Transformer small = Shrinking.of(original).transformer();
        assertThat(small.parts()).hasSameSizeAs(original.parts());
        for (int number = 0; number < original.parts().size(); number++) {
            List<Integer> before = kinds(original.parts().get(number));
            List<Integer> after = kinds(small.parts().get(number));
            assertThat(after).hasSizeLessThanOrEqualTo(before.size());
            assertThat(neighbours(after)).isEqualTo(neighbours(before));
            Pattern pattern = Pattern.of(before);
            // The stacks that a search has found have stretches of several periods, and no period.
            if (3 * pattern.length() > 2 * before.size()) {
                assertThat(Pattern.of(after).period()).isEqualTo(pattern.period());
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("models")
    void operatorsAndParametersKeepTheirNamesGroupsAndSharing(String name, Transformer original) {
        List<Block> before = blocks(original);
        List<Block> after = blocks(Shrinking.of(original).transformer());
        assertThat(after).hasSameSizeAs(before);
        for (int number = 0; number < before.size(); number++) {
            assertThat(program(after.get(number))).isEqualTo(program(before.get(number)));
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("models")
    void noTwoAxesAreEquallyLong(String name, Transformer original) {
        Shrunk shrunk = Shrinking.of(original);
        Set<Long> ungrouped = new LinkedHashSet<>();
        each(original, shrunk.transformer(), Operator.Attention.class, (before, after) -> {
            if (size(before.query(), 2) == size(before.key(), 2)) {
                ungrouped.add(size(after.query(), 2));
            }
        });
        assertThat(fixed(shrunk.transformer())).hasSameSizeAs(fixed(original));
        Map<Long, Set<Axis>> axes = axes(shrunk.transformer());
        axes.forEach((size, alike) -> {
            if (ungrouped.contains(size)) {
                assertThat(EnumSet.of(Axis.QUERY_HEADS, Axis.KEY_VALUE_HEADS)).containsAll(alike);
            } else if (size > 1) {
                assertThat(alike).as("axes of %s", size).hasSize(1);
            }
        });
        Set<Axis> open = open(shrunk.transformer());
        List<Long> run = open.stream().map(shrunk.sizes()::of).toList();
        assertThat(run).doesNotHaveDuplicates().doesNotContainAnyElementsOf(axes.keySet());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("models")
    void headsStayGroupedEvenAndPartlyRotated(String name, Transformer original) {
        Transformer small = Shrinking.of(original).transformer();
        each(original, small, Operator.Attention.class, (before, after) -> {
            long groupBefore = size(before.query(), 2) / size(before.key(), 2);
            assertThat(size(after.query(), 2) % size(after.key(), 2)).isZero();
            long groupAfter = size(after.query(), 2) / size(after.key(), 2);
            assertThat(groupAfter > 1).isEqualTo(groupBefore > 1);
            assertThat(size(after.key(), 2) == 1).isEqualTo(size(before.key(), 2) == 1);
            assertThat(size(after.query(), 3)).isEven();
            double ratio = before.scores().scale() * Math.sqrt((double) size(before.query(), 3));
            if (before.scores().scale() != 1) {
                assertThat(after.scores().scale() * Math.sqrt((double) size(after.query(), 3)))
                        // Two roundings more than in the original.
                        .isCloseTo(ratio, within(1e-12));
            }
        });
        each(original, small, Operator.RotaryEmbedding.class, (before, after) -> {
            long head = last(after.input());
            assertThat(after.rotary().size()).isEven().isLessThanOrEqualTo(head);
            assertThat(after.rotary().size() < head).isEqualTo(before.rotary().size() < last(before.input()));
        });
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("models")
    void tokensAreSentToSomeExpertsOnly(String name, Transformer original) {
        each(original, Shrinking.of(original).transformer(), Operator.Router.class, (before, after) -> {
            Routing routing = after.routing();
            assertThat(routing.topK()).isLessThan(routing.experts());
            assertThat(routing.topK() > 1).isEqualTo(before.routing().topK() > 1);
            Routing.Groups groups = routing.groups();
            Routing.Groups groupsBefore = before.routing().groups();
            assertThat(groups.chosen() < groups.count()).isEqualTo(groupsBefore.chosen() < groupsBefore.count());
            assertThat(groups.scoredBy()).isLessThan(routing.experts() / groups.count());
            assertThat(groups.scoredBy() > 1).isEqualTo(groupsBefore.scoredBy() > 1);
        });
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("models")
    void latentRanksAndHeadPartsDiffer(String name, Transformer original) {
        for (Block block : blocks(Shrinking.of(original).transformer())) {
            List<Long> widths = block.operators().stream()
                    .filter(operator -> Set.of(
                                    "attention.query_latent",
                                    "attention.key_value_latent",
                                    "attention.rotated_key",
                                    "attention.key",
                                    "attention.value")
                            .contains(operator.name()))
                    .map(operator -> last(operator.output()))
                    .toList();
            boolean isLatent = block.operators().stream()
                    .anyMatch(operator -> operator.name().equals("attention.key_value_latent"));
            if (isLatent) {
                assertThat(widths).hasSizeGreaterThanOrEqualTo(4).doesNotHaveDuplicates();
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("models")
    void windowsBiteAndTablesReachAtTheSizesOfARun(String name, Transformer original) {
        Shrunk shrunk = Shrinking.of(original);
        each(original, shrunk.transformer(), Operator.Attention.class, (before, after) -> {
            Axis tokens = after.query().shape().dimensions().get(1).axis();
            long run = shrunk.sizes().of(tokens);
            switch (after.mask()) {
                case AttentionMask.SlidingWindow(long size) ->
                    assertThat(2 * size).isLessThan(run);
                case AttentionMask.Chunked(long size) -> assertThat(2 * size).isLessThan(run);
                case AttentionMask.Blocks(long size) -> assertThat(2 * size).isLessThan(run);
                case AttentionMask.Selected(long size) -> assertThat(2 * size).isLessThan(run);
                case AttentionMask.Everything everything -> {}
                case AttentionMask.Causal causal -> {}
            }
        });
        each(original, shrunk.transformer(), Operator.RotaryEmbedding.class, (before, after) -> {
            if (after.rotary().scaling() instanceof RotaryScaling.Yarn yarn) {
                assertThat(yarn.trainedPositions()).isLessThan(shrunk.sizes().sequence());
            }
            if (after.rotary().scaling() instanceof RotaryScaling.Llama3 llama) {
                assertThat(llama.trainedPositions()).isLessThan(shrunk.sizes().sequence());
            }
        });
        each(original, shrunk.transformer(), Operator.Embedding.class, (before, after) -> {
            Shape table = after.table().shape();
            Dimension tokens = after.indices().shape().dimensions().isEmpty()
                    ? new Dimension.Open(Axis.BATCH)
                    : after.indices().shape().dimensions().getLast();
            if (table.has(Axis.POSITIONS) && table.size(Axis.POSITIONS) > 1 && tokens instanceof Dimension.Open open) {
                assertThat(table.size(Axis.POSITIONS))
                        .isGreaterThanOrEqualTo(shrunk.sizes().of(open.axis()));
            }
        });
        assertThat(shrunk.transformer().maxPositions().isPresent())
                .isEqualTo(original.maxPositions().isPresent());
        for (int number = 0; number < original.parts().size(); number++) {
            assertThat(shrunk.transformer().parts().get(number).lengths())
                    .isEqualTo(original.parts().get(number).lengths().stream()
                            .map(length -> new Part.Length(
                                    length.axis(), shrunk.sizes().of(length.axis())))
                            .toList());
        }
        shrunk.transformer()
                .maxPositions()
                .ifPresent(most ->
                        assertThat(most).isGreaterThanOrEqualTo(shrunk.sizes().sequence()));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("models")
    void aShrunkModelIsSmallAndShrinksNoFurther(String name, Transformer original) {
        Shrunk shrunk = Shrinking.of(original);
        long parameters = DistinctParameters.of(shrunk.transformer().parts()).stream()
                .mapToLong(occurrence -> occurrence.parameter().elements() * occurrence.copies())
                .sum();
        assertThat(parameters).isLessThan(MOST_PARAMETERS);
        assertThat(Shrinking.of(original)).isEqualTo(shrunk);
        assertThat(Shrinking.of(shrunk.transformer())).isEqualTo(shrunk);
    }

    /// The blocks of a part by the order in which they come first, one for each layer.
    private static List<Integer> kinds(Part part) {
        List<Block> known = new ArrayList<>();
        List<Integer> kinds = new ArrayList<>();
        for (LayerRun run : part.runs()) {
            if (!known.contains(run.block())) {
                known.add(run.block());
            }
            for (long layer = 0; layer < run.count(); layer++) {
                kinds.add(known.indexOf(run.block()));
            }
        }
        return kinds;
    }

    private static Set<List<Integer>> neighbours(List<Integer> kinds) {
        Set<List<Integer>> pairs = new LinkedHashSet<>();
        for (int at = 0; at + 1 < kinds.size(); at++) {
            pairs.add(List.copyOf(kinds.subList(at, at + 2)));
        }
        return pairs;
    }

    /// The shortest period of the longest stretch that repeats, and the stretch's length; 0 where nothing does.
    private record Pattern(int period, int length) {
        static Pattern of(List<Integer> kinds) {
            Pattern longest = new Pattern(0, 0);
            for (int period = 1; 2 * period <= kinds.size(); period++) {
                int equal = 0;
                for (int at = period; at < kinds.size(); at++) {
                    equal = kinds.get(at).equals(kinds.get(at - period)) ? equal + 1 : 0;
                    if (equal >= period && equal + period > longest.length()) {
                        longest = new Pattern(period, equal + period);
                    }
                }
            }
            return longest;
        }
    }

    /// All blocks in order, each where it comes first.
    private static List<Block> blocks(Transformer transformer) {
        List<Block> blocks = new ArrayList<>();
        for (Part part : transformer.parts()) {
            List<Block> known = new ArrayList<>();
            for (LayerRun run : part.runs()) {
                if (!known.contains(run.block())) {
                    known.add(run.block());
                }
            }
            blocks.addAll(known);
        }
        return blocks;
    }

    private static List<String> program(Block block) {
        List<String> lines = new ArrayList<>();
        for (Operator operator : block.operators()) {
            lines.add(operator.getClass().getSimpleName() + " " + operator.name() + " " + operator.role());
            operator.reads().forEach(value -> lines.add("reads " + line(value)));
            operator.writes().forEach(value -> lines.add("writes " + line(value)));
        }
        for (Parameter parameter : block.parameters()) {
            lines.add(parameter.name() + " " + parameter.kind() + " " + parameter.sharing() + " " + parameter.names()
                    + " "
                    + parameter.groups().stream().map(ShrunkModelsTest::axes).toList());
        }
        return lines;
    }

    private static String line(Value value) {
        return value.name() + " " + value.content() + " " + axes(value.shape());
    }

    private static List<Axis> axes(Shape shape) {
        return shape.dimensions().stream().map(Dimension::axis).toList();
    }

    private static <T extends Operator> void each(
            Transformer original, Transformer small, Class<T> kind, BiConsumer<T, T> compare) {
        List<T> before = operators(original, kind);
        List<T> after = operators(small, kind);
        assertThat(after).hasSameSizeAs(before);
        for (int number = 0; number < before.size(); number++) {
            compare.accept(before.get(number), after.get(number));
        }
    }

    private static <T extends Operator> List<T> operators(Transformer transformer, Class<T> kind) {
        return blocks(transformer).stream()
                .flatMap(block -> block.operators().stream())
                .filter(kind::isInstance)
                .map(kind::cast)
                .toList();
    }

    private static List<Dimension> dimensions(Transformer transformer) {
        List<Dimension> dimensions = new ArrayList<>();
        for (Block block : blocks(transformer)) {
            block.inputs().forEach(value -> dimensions.addAll(value.shape().dimensions()));
            for (Operator operator : block.operators()) {
                operator.writes()
                        .forEach(value -> dimensions.addAll(value.shape().dimensions()));
                operator.parameters()
                        .forEach(
                                parameter -> dimensions.addAll(parameter.shape().dimensions()));
            }
        }
        return dimensions;
    }

    private static Map<Long, Set<Axis>> axes(Transformer transformer) {
        Map<Long, Set<Axis>> axes = new TreeMap<>();
        for (Dimension dimension : dimensions(transformer)) {
            if (dimension instanceof Dimension.Fixed(Axis axis, long size)) {
                axes.computeIfAbsent(size, none -> EnumSet.noneOf(Axis.class)).add(axis);
            }
        }
        return axes;
    }

    private static Set<Dimension> fixed(Transformer transformer) {
        Set<Dimension> fixed = new LinkedHashSet<>(dimensions(transformer));
        fixed.removeIf(dimension -> dimension.axis().isOpen());
        return fixed;
    }

    private static Set<Axis> open(Transformer transformer) {
        Set<Axis> open = EnumSet.noneOf(Axis.class);
        for (Dimension dimension : dimensions(transformer)) {
            if (dimension instanceof Dimension.Open unsized) {
                open.add(unsized.axis());
            }
        }
        return open;
    }

    private static long size(Value value, int dimension) {
        return value.shape().dimensions().get(dimension) instanceof Dimension.Fixed fixed ? fixed.size() : 0;
    }

    private static long last(Value value) {
        return size(value, value.shape().rank() - 1);
    }
}
