package dev.plimsoll.engine.generation;

import dev.plimsoll.engine.generation.Logits.After;
import dev.plimsoll.engine.meter.Counts;
import dev.plimsoll.engine.operator.Machine;
import dev.plimsoll.engine.tensor.Category;
import dev.plimsoll.engine.tensor.Tensor;
import dev.plimsoll.model.architecture.Block;
import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.units.Bytes;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/// A decoder that is fed tokens of any number of sequences, each after what it was fed before.
///
/// All new tokens of a batch are worked on as one row, so sequences may have any lengths; each attention looks at one
/// sequence at a time. A sequence's results do not depend on the others of its batch but for roundings.
public final class TextModel {
    private final InferenceProgram program;
    private final Machine machine;
    private final GenerationOptions options;
    private final BlockRunner runner;
    private final List<BlockRunner.Place> places = new ArrayList<>();
    private final List<CacheSlots> slots = new ArrayList<>();

    public TextModel(InferenceProgram program, Weights weights, Machine machine, GenerationOptions options) {
        this.program = program;
        this.machine = machine;
        this.options = options;
        this.runner = new BlockRunner(machine, options, weights);
        IdentityHashMap<Block, BlockPlan> plans = new IdentityHashMap<>();
        for (InferenceProgram.Step step : program.steps()) {
            BlockPlan plan = plans.computeIfAbsent(step.block(), BlockPlan::of);
            places.add(new BlockRunner.Place(step, plan, slots.size()));
            for (Operator.Attention attention : step.attentions()) {
                Expansion expansion = plan.expansion(attention);
                slots.add(CacheSlots.of(step.label(), expansion, options, machine.memory()));
            }
        }
    }

    /// A text without a token yet.
    ///
    /// @throws dev.plimsoll.model.failure.InputException when there is no memory for its cache
    public Sequence start() {
        return new Sequence(slots.stream().map(CacheSlots::start).toList());
    }

    /// Runs the model over new tokens, and keeps what later ones will look at.
    ///
    /// @param after which tokens the head is run for
    /// @throws dev.plimsoll.model.failure.InputException for a batch without a sequence, a sequence without a token or
    ///     twice, a token that there is not, or a cache without room, before a sequence has grown; for want of memory on
    ///     the way, after which these sequences have to be begun anew
    public Fed feed(List<Feed> feeds, After after) {
        Batch batch = Batch.of(feeds);
        for (Feed feed : feeds) {
            feed.sequence().reserve(feed.tokens().size());
        }
        runner.log().start();
        long weights = runner.weightBytes();
        Counts cache = runner.attentions().cacheWork().counts();
        Logits logits = run(batch, after);
        feeds.forEach(feed -> feed.sequence().grow(feed.tokens().size()));
        Counts cached = runner.attentions().cacheWork().counts().minus(cache);
        Traffic traffic = new Traffic(
                new Bytes(runner.weightBytes() - weights),
                new Bytes(cached.bytesRead()),
                new Bytes(cached.bytesWritten()));
        return new Fed(logits, traffic, runner.log().works(), runner.log().routed());
    }

    private Logits run(Batch batch, After after) {
        Row row = Row.of(batch, options.seams().positions());
        List<Integer> starts = batch.starts();
        Optional<Tensor> stream = Optional.empty();
        int layers = program.layers();
        for (BlockRunner.Place place : places.subList(0, layers)) {
            stream = Optional.of(runner.run(place, stream, row, batch));
        }
        if (after == After.NEWEST) {
            int[] newest = starts.stream().skip(1).mapToInt(end -> end - 1).toArray();
            stream = stream.map(tensor -> rows(tensor, newest, batch.tokens()));
            row = row.at(newest);
            starts = IntStream.rangeClosed(0, newest.length).boxed().toList();
        }
        for (BlockRunner.Place place : places.subList(layers, places.size())) {
            stream = Optional.of(runner.run(place, stream, row, batch));
        }
        return logits(stream.orElseThrow(), row, starts);
    }

    /// Some rows of a stream, which is released.
    private Tensor rows(Tensor stream, int[] places, int tokens) {
        int width = stream.elements() / tokens;
        Tensor some = machine.memory()
                .allocate("newest", List.of(1, places.length, width), stream.dataType(), Category.TEMPORARY);
        float[] row = new float[width];
        for (int i = 0; i < places.length; i++) {
            stream.load(places[i] * width, row, 0, width, machine.meter().worker(0));
            some.store(i * width, row, 0, width, machine.meter().worker(0));
        }
        machine.memory().release(stream);
        return some;
    }

    private Logits logits(Tensor tensor, Row row, List<Integer> starts) {
        float[] values = new float[tensor.elements()];
        tensor.load(0, values, 0, values.length, machine.meter().worker(0));
        machine.memory().release(tensor);
        return new Logits(values, values.length / row.tokens(), starts);
    }
}
