package dev.plimsoll.model.rewrite;

import dev.plimsoll.model.operator.Routing;
import dev.plimsoll.model.shape.Axis;
import dev.plimsoll.model.shape.Dimension.Fixed;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.LongStream;

/// A small size for every fixed axis of a model, and lengths for what counts tokens.
///
/// Axes are taken in a fixed order, those bound to others first, and each gets the smallest free size that keeps
/// [AxisRules]. Sizes of one axis keep their order. A size is free where no other axis has it, and no product of the
/// axes that a file merges into one dimension.
final class SizeSearch {
    private static final long BATCH = 2;
    private static final long LEAST_TOKENS = 10;
    private static final long POSITIONS_APART = 3;

    /// Axes whose sizes are chosen together, and the least of them: never the batch's.
    private enum Stage {
        /// First, since their product is how many patches become one.
        PATCH(3),
        HEADS(3),
        /// Two pairs to rotate, by different angles.
        HEAD_SIZES(4),
        NARROW(3),
        FEW(3),
        /// So wide that a norm or a sum over them is more than a few numbers.
        WIDE(16),
        VOCABULARY(40),
        /// By the layers left, or by the lengths of a run.
        GIVEN(1);

        private final long least;

        Stage(long least) {
            this.least = least;
        }

        static Stage of(Axis axis) {
            return switch (axis) {
                case QUERY_HEADS, KEY_VALUE_HEADS, GROUPS -> HEADS;
                case HEAD_SIZE, INDEX_SIZE -> HEAD_SIZES;
                case PATCH_TIME, PATCH_HEIGHT, PATCH_WIDTH -> PATCH;
                case TOP_K, KERNEL -> NARROW;
                case EXPERTS, TOKEN_TYPES, CHANNELS, TILES, ASPECT_RATIOS, INDEX_HEADS, STATE, VALUE_SIZE -> FEW;
                case LATENT, INNER, HIDDEN, FEED_FORWARD, BUCKETS -> WIDE;
                case VOCABULARY -> VOCABULARY;
                case LAYERS,
                        POSITIONS,
                        UNIT,
                        BATCH,
                        SEQUENCE,
                        SOURCE,
                        PATCHES,
                        MERGED_PATCHES,
                        FRAMES,
                        RECEIVED,
                        GATHERED -> GIVEN;
            };
        }
    }

    private static final Comparator<Fixed> BY_SIZE =
            Comparator.comparingLong(Fixed::size).thenComparing(Fixed::axis);
    private static final Comparator<Fixed> BY_AXIS =
            Comparator.comparing(Fixed::axis).thenComparingLong(Fixed::size);

    private final AxisRules rules;
    private final Divisors divisors;
    private final SmallSizes small = new SmallSizes();
    private final Map<Fixed, Long> sizes = small.axes();
    private final Set<Long> taken = new HashSet<>();
    private final Set<Long> products = new HashSet<>();
    private final RunSizes runSizes;

    /// Searches.
    ///
    /// @param layers sizes that the shortened stacks give
    /// @param maxPositions the longest context
    /// @param divisors what sizes must be multiples of
    SizeSearch(AxisRules rules, Map<Fixed, Long> layers, OptionalLong maxPositions, Divisors divisors) {
        this.rules = rules;
        this.divisors = divisors;
        sizes.putAll(layers);
        // Entries put behind one another stay as many.
        rules.sums().stream().filter(sum -> sum.parts().isEmpty()).forEach(sum -> sizes.put(sum.total(), sum.ones()));
        taken.add(BATCH);
        taken.addAll(sizes.values());
        assign(Stage.PATCH, BY_SIZE);
        assign(Stage.HEADS, BY_SIZE);
        assign(Stage.HEAD_SIZES, BY_AXIS);
        assign(Stage.NARROW, BY_AXIS);
        for (long length : rules.biting()) {
            small.biting().put(length, take(Stage.NARROW.least));
        }
        long least = leastTokens();
        RunSizes.Patches patches = patches(least);
        assign(Stage.FEW, BY_AXIS);
        assign(Stage.WIDE, BY_AXIS);
        this.runSizes = runSizes(least, patches);
        positions(maxPositions);
        assign(Stage.VOCABULARY, BY_AXIS);
    }

    SmallSizes sizes() {
        return small;
    }

    RunSizes runSizes() {
        return runSizes;
    }

    private void assign(Stage stage, Comparator<Fixed> order) {
        Set<Fixed> ordered = new TreeSet<>(order);
        rules.axes().stream().filter(axis -> Stage.of(axis.axis()) == stage).forEach(ordered::add);
        for (Fixed axis : ordered) {
            if (isFree(axis)) {
                long size = Math.max(stage.least, largest(axis.axis()) + 1);
                while (!fits(axis, size)) {
                    size++;
                }
                sizes.putAll(with(axis, size));
                taken.addAll(sizes.values());
                products(sizes).forEach(products::add);
            }
        }
    }

    /// Whether nothing has decided its size yet, or will.
    private boolean isFree(Fixed axis) {
        return !sizes.containsKey(axis)
                && !rules.sameAs().containsKey(axis)
                && rules.sums().stream().noneMatch(sum -> sum.total().equals(axis));
    }

    private long largest(Axis axis) {
        return sizes.entrySet().stream()
                .filter(entry -> entry.getKey().axis() == axis)
                .mapToLong(Map.Entry::getValue)
                .max()
                .orElse(0);
    }

    private boolean fits(Fixed axis, long size) {
        if (!suits(axis, size)) {
            return false;
        }
        Map<Fixed, Long> trial = with(axis, size);
        Set<Long> all = new HashSet<>(taken);
        for (Map.Entry<Fixed, Long> entry : trial.entrySet()) {
            boolean isNew =
                    !sizes.containsKey(entry.getKey()) && !rules.sameAs().containsKey(entry.getKey());
            if (isNew && (products.contains(entry.getValue()) || !all.add(entry.getValue()))) {
                return false;
            }
        }
        return products(trial).noneMatch(all::contains);
    }

    /// The dimensions of files into which several axes of known size are merged.
    private LongStream products(Map<Fixed, Long> known) {
        return rules.merged().stream()
                .filter(group -> known.keySet().containsAll(group))
                .mapToLong(group -> group.stream().mapToLong(known::get).reduce(1, Math::multiplyExact));
    }

    /// The sizes with one more, and what follows from it: axes that are equal to it, and sums that it completes.
    private Map<Fixed, Long> with(Fixed axis, long size) {
        Map<Fixed, Long> all = new HashMap<>(sizes);
        all.put(axis, size);
        rules.sameAs().forEach((equal, other) -> {
            if (other.equals(axis)) {
                all.put(equal, size);
            }
        });
        Map<Fixed, AxisRules.Sum> open = new TreeMap<>(BY_SIZE);
        rules.sums().stream().filter(sum -> !sum.parts().isEmpty()).forEach(sum -> open.putIfAbsent(sum.total(), sum));
        for (AxisRules.Sum sum : open.values()) {
            if (all.keySet().containsAll(sum.parts())) {
                all.put(
                        sum.total(),
                        sum.ones() + sum.parts().stream().mapToLong(all::get).sum());
            }
        }
        return all;
    }

    private boolean suits(Fixed axis, long size) {
        boolean parity = switch (Stage.of(axis.axis())) {
            case HEAD_SIZES -> size % 2 == 0;
            case PATCH, HEADS, NARROW, FEW, WIDE, VOCABULARY, GIVEN -> true;
        };
        // Buckets are halved twice: for the two directions, and for near and far.
        boolean quarters = axis.axis() != Axis.BUCKETS || size % 4 == 0;
        boolean odd = !rules.odd().contains(axis) || size % 2 == 1;
        return divisors.divide(axis.axis(), size)
                && parity
                && quarters
                && odd
                && sharesHeads(axis, size)
                && hasExperts(axis, size);
    }

    private boolean sharesHeads(Fixed axis, long size) {
        return rules.multiples().stream()
                .filter(multiple -> multiple.heads().equals(axis))
                .mapToLong(multiple -> small.of(multiple.of()))
                .allMatch(shared -> size % shared == 0 && size > shared);
    }

    private boolean hasExperts(Fixed axis, long size) {
        return axis.axis() != Axis.EXPERTS
                || rules.routings().stream()
                        .filter(routing -> routing.experts() == axis.size())
                        .allMatch(routing -> hasExperts(routing, size));
    }

    private boolean hasExperts(Routing routing, long experts) {
        Routing.Groups groups = SmallSizes.groups(routing.groups());
        long each = experts / groups.count();
        long chosen = small.of(new Fixed(Axis.TOP_K, routing.topK()));
        return experts % groups.count() == 0
                && each > groups.scoredBy()
                && chosen < experts
                && chosen <= each * groups.chosen();
    }

    private long take(long least) {
        return takeTimes(least, 1);
    }

    private long takeTokens(long least) {
        long size = Math.ceilDiv(least, divisors.tokens()) * divisors.tokens();
        while (isTaken(size)) {
            size += divisors.tokens();
        }
        taken.add(size);
        return size;
    }

    /// Takes a length and so many times that, which may be the same.
    private long takeTimes(long least, long factor) {
        long size = least;
        while (isTaken(size) || isTaken(size * factor)) {
            size++;
        }
        taken.add(size);
        taken.add(size * factor);
        return size;
    }

    private boolean isTaken(long size) {
        return taken.contains(size) || products.contains(size);
    }

    /// Twice every window and more.
    private long leastTokens() {
        long window = small.biting().values().stream()
                .mapToLong(Long::longValue)
                .max()
                .orElse(0);
        long selected = rules.selected().stream().mapToLong(small::of).max().orElse(0);
        return Math.max(LEAST_TOKENS, 2 * Math.max(window, selected) + 1);
    }

    /// Taken before the wide axes, since there are so many times more patches before they are merged.
    private RunSizes.Patches patches(long least) {
        long neighbours =
                rules.poolings().stream().mapToLong(small::neighbours).max().orElse(1);
        long merged = takeTimes(Math.max(Stage.NARROW.least, Math.ceilDiv(least, neighbours)), neighbours);
        return new RunSizes.Patches(neighbours > 1 ? merged * neighbours : take(least), merged);
    }

    private RunSizes runSizes(long least, RunSizes.Patches patches) {
        long sequence = takeTokens(least);
        long tokens = takeTimes(least, rules.stride());
        long frames = rules.open().contains(Axis.FRAMES) ? tokens * rules.stride() : take(least);
        return new RunSizes(BATCH, sequence, new RunSizes.Source(tokens, frames), patches);
    }

    /// Tables of positions, and the longest context, longer than any run; apart as they were, since some tables have
    /// rows for padding.
    private void positions(OptionalLong maxPositions) {
        Set<Long> lengths = new TreeSet<>();
        maxPositions.ifPresent(lengths::add);
        List<Fixed> tables = rules.axes().stream()
                .filter(axis -> axis.axis() == Axis.POSITIONS)
                .toList();
        tables.forEach(table -> lengths.add(table.size()));
        long longest = rules.open().stream()
                .filter(axis -> axis != Axis.FRAMES)
                .mapToLong(runSizes::of)
                .max()
                .orElse(0);
        long previous = 0;
        long last = longest;
        for (long length : lengths) {
            last = take(last + Math.min(POSITIONS_APART, length - previous));
            small.positions().put(length, last);
            previous = length;
        }
        tables.forEach(table -> sizes.put(table, small.maxPositions(table.size())));
    }
}
