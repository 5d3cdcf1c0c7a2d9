package dev.plimsoll.model.rewrite;

import dev.plimsoll.model.architecture.Block;
import dev.plimsoll.model.architecture.LayerRun;
import dev.plimsoll.model.architecture.Part;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/// A part's layers, every pattern that repeats cut to a few repetitions, two at least.
///
/// The longest stretch of layers that repeats with some period is cut first, whole repetitions only, so that it ends as
/// it did; then what stands before and behind it: 32 equal layers become 2, Gemma 3's 5 sliding and 1 full become 10
/// and 2, DeepSeek-V3's 3 dense and 58 of experts become 2 and 2. So every kind stays, and every pair of neighbours.
final class ShortStack {
    private final List<Layer> layers = new ArrayList<>();
    private final List<Block> kinds = new ArrayList<>();
    private final BitSet dropped = new BitSet();
    private List<Integer> left = List.of();
    private final long droppedBefore;
    private final int repetitions;

    private record Layer(Block block, int kind, long number) {}

    /// A stretch in which each layer equals the one `period` later.
    private record Stretch(int start, int length, int period) {}

    /// @param droppedBefore how many layers another part dropped that are numbered before this part's
    /// @param repetitions that are left of a pattern
    ShortStack(Part part, long droppedBefore, int repetitions) {
        this.droppedBefore = droppedBefore;
        this.repetitions = repetitions;
        for (LayerRun run : part.runs()) {
            int kind = kind(run.block());
            for (long layer = 0; layer < run.count(); layer++) {
                layers.add(new Layer(kinds.get(kind), kind, run.first() + layer));
            }
        }
        // What is left may repeat in its turn.
        do {
            left = IntStream.range(0, layers.size())
                    .filter(at -> !dropped.get(at))
                    .boxed()
                    .toList();
            cut(0, left.size());
        } while (left.size() + dropped.cardinality() > layers.size());
    }

    /// How many layers are left out.
    long dropped() {
        return dropped.cardinality();
    }

    /// The layers left, numbered without gaps, equal neighbours as one run.
    List<LayerRun> runs(UnaryOperator<Block> resized) {
        List<LayerRun> runs = new ArrayList<>();
        long shift = droppedBefore;
        for (int at = 0; at < layers.size(); at++) {
            Layer layer = layers.get(at);
            if (at > 0 && layer.number() != layers.get(at - 1).number() + 1) {
                shift = droppedBefore;
            }
            if (dropped.get(at)) {
                shift++;
            } else {
                append(runs, resized.apply(layer.block()), layer.number() - shift);
            }
        }
        return runs;
    }

    private static void append(List<LayerRun> runs, Block block, long number) {
        if (!runs.isEmpty()) {
            LayerRun last = runs.getLast();
            if (last.block().equals(block) && last.first() + last.count() == number) {
                runs.set(runs.size() - 1, new LayerRun(block, last.first(), last.count() + 1));
                return;
            }
        }
        runs.add(new LayerRun(block, number, 1));
    }

    private int kind(Block block) {
        int known = kinds.indexOf(block);
        if (known >= 0) {
            return known;
        }
        kinds.add(block);
        return kinds.size() - 1;
    }

    private void cut(int from, int to) {
        Stretch longest = longest(from, to);
        if (longest.length() == 0) {
            return;
        }
        int end = longest.start() + longest.length();
        int whole = longest.length() / longest.period();
        int kept = Math.min(whole, repetitions) * longest.period();
        left.subList(longest.start() + kept, longest.start() + whole * longest.period())
                .forEach(dropped::set);
        cut(from, longest.start());
        cut(end, to);
    }

    private int kindLeft(int at) {
        return layers.get(left.get(at)).kind();
    }

    /// The longest stretch of two repetitions or more, of the shortest period; of length 0 where nothing repeats.
    private Stretch longest(int from, int to) {
        Stretch longest = new Stretch(from, 0, 1);
        for (int period = 1; period <= (to - from) / 2; period++) {
            int equal = 0;
            for (int at = from; at + period < to; at++) {
                equal = kindLeft(at) == kindLeft(at + period) ? equal + 1 : 0;
                int length = equal + period;
                if (equal >= period && length > longest.length()) {
                    longest = new Stretch(at + 1 - equal, length, period);
                }
            }
        }
        return longest;
    }
}
