package dev.plimsoll.report.answer;

import dev.plimsoll.model.units.ByteUnits;
import dev.plimsoll.model.units.Numbers;
import dev.plimsoll.model.units.Provenance;
import dev.plimsoll.planner.hardware.Accelerator;
import dev.plimsoll.planner.memory.MemoryPlan;
import dev.plimsoll.planner.memory.StageBreakdown;
import dev.plimsoll.planner.memory.StageMemory;
import dev.plimsoll.planner.memory.StageTimeline;
import dev.plimsoll.planner.result.Basis;
import dev.plimsoll.planner.result.Explanation;
import dev.plimsoll.planner.result.Feasibility;
import dev.plimsoll.planner.result.Feasibility.Item;
import dev.plimsoll.planner.training.Layout;
import dev.plimsoll.planner.training.TrainingJob;
import dev.plimsoll.report.data.Data;
import dev.plimsoll.report.page.Page;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// The memory of a training run: the worst stage line by line, all stages side by side.
///
/// @param accelerator whose memory is asked; empty where no device was named
public record TrainMemory(TrainingJob job, MemoryPlan plan, Layout layout, Optional<Accelerator> accelerator) {
    /// Lines of states, and lines that the allocator hands out, of all lines.
    private static final int STATES = 4;

    private static final int ALLOCATED = 8;

    /// Above this many passes a timeline is no use.
    private static final long MOST_PASSES = 10_000;

    /// Points of a timeline that are listed.
    private static final int LISTED = 64;

    /// Plans a job's memory.
    public static TrainMemory of(TrainingJob job, Optional<Accelerator> accelerator) {
        return new TrainMemory(job, MemoryPlan.of(job), Layout.of(job), accelerator);
    }

    /// Whether the worst stage fits on its devices; empty where no device was named.
    public Optional<Feasibility> feasibility() {
        StageMemory stage = plan.worstStage();
        return accelerator.map(kind -> Feasibility.of(
                stage.device(),
                kind.usableMemory().whole(),
                lines(stage).stream().filter(line -> line.bytes() > 0).toList()));
    }

    /// What a device holds, by name; the lines add up to what the device must have.
    private static List<Item> lines(StageMemory stage) {
        return List.of(
                new Item("weights", stage.weights()),
                new Item("gradients", stage.gradients()),
                new Item("master weights", stage.masterWeights()),
                new Item("optimizer states", stage.optimizerStates()),
                new Item("activations", stage.activations()),
                new Item("logits and loss", stage.logits()),
                new Item("working", stage.working()),
                new Item("buffers", stage.buffers()),
                new Item("pools", stage.pools()),
                new Item("fragments", stage.reserved() - stage.allocated() - stage.pools()),
                new Item("context", stage.context()),
                new Item("communication", stage.communication()));
    }

    Data.Fields data() {
        List<Data> stages = new ArrayList<>();
        for (int at = 0; at < plan.stages().size(); at++) {
            stages.add(figures(plan.stages().get(at)).with("stage", at).with("layers", layers(at)));
        }
        List<Data> notCounted = new ArrayList<>();
        plan.notCounted().forEach(what -> notCounted.add(new Data.Words(what)));
        return figures(plan.worstStage())
                .with("worstStage", plan.worst())
                .with("worstMoment", moment())
                .with(
                        "budgetBytes",
                        accelerator
                                .<Data>map(kind ->
                                        new Data.Whole(kind.usableMemory().whole()))
                                .orElse(new Data.Nothing()))
                .with("stages", stages)
                .with("timeline", timeline().stream().map(TrainMemory::point).toList())
                .with("notCounted", notCounted)
                .with("provenance", plan.provenance().word());
    }

    /// How the worst stage fills and empties: the first passes of a step.
    private List<StageTimeline.Point> timeline() {
        return passes() > MOST_PASSES
                ? List.of()
                : StageTimeline.of(job, plan.worst()).points().stream()
                        .limit(LISTED)
                        .toList();
    }

    private long passes() {
        return Math.multiplyExact(
                job.microBatches(), job.parallelism().pipeline().chunks());
    }

    private static Data point(StageTimeline.Point point) {
        return Data.Fields.empty()
                .with("pass", word(point.pass()))
                .with("number", point.number())
                .with("heldBytes", point.held())
                .with("afterBytes", point.after());
    }

    private static String word(StageTimeline.Pass pass) {
        return switch (pass) {
            case FORWARD -> "forward";
            case BACKWARD -> "backward";
            case OPTIMIZER -> "optimizer";
        };
    }

    /// When most is held.
    private String moment() {
        return switch (plan.worstStage().moment()) {
            case LOSS -> "at the loss";
            case BACKWARD -> "in a backward pass";
            case REDUCTION -> "behind the last backward pass";
            case STEP -> "in the optimizer's step";
        };
    }

    private static Data.Fields figures(StageMemory stage) {
        return Data.Fields.empty()
                .with("peakAllocatedBytes", stage.allocated())
                .with("peakReservedBytes", stage.reserved())
                .with("stateBytes", stage.states())
                .with("activationBytes", stage.activations())
                .with("weightBytes", stage.weights())
                .with("gradientBytes", stage.gradients())
                .with("masterWeightBytes", stage.masterWeights())
                .with("optimizerStateBytes", stage.optimizerStates())
                .with("logitBytes", stage.logits())
                .with("workingBytes", stage.working())
                .with("bufferBytes", stage.buffers())
                .with("poolBytes", stage.pools())
                .with("peakReservedBytesLow", stage.reservedLow())
                .with("peakReservedBytesHigh", stage.reservedHigh())
                .with("contextBytes", stage.context())
                .with("communicationBytes", stage.communication())
                .with("deviceBytes", stage.device());
    }

    private long layers(int stage) {
        return layout.stages().get(stage).chunks().stream()
                .mapToLong(Layout.Chunk::count)
                .sum();
    }

    /// The verdict in one line.
    Page.Fact verdict(ByteUnits units) {
        String stage = plan.stages().size() == 1 ? "a device" : "a device of stage " + plan.worst();
        String needed = units.print(plan.worstStage().device());
        return feasibility()
                .map(verdict -> switch (verdict) {
                    case Feasibility.Fits(long headroom) ->
                        new Page.Fact(
                                "RESULT",
                                "FITS",
                                stage + " needs " + needed + " and has " + units.print(available()) + ": "
                                        + units.print(headroom) + " left");
                    case Feasibility.DoesNotFit(long bytes, long available, List<Item> largest) ->
                        new Page.Fact(
                                "RESULT",
                                "DOES NOT FIT",
                                stage + " needs " + needed + " and has " + units.print(available) + ": "
                                        + units.print(bytes - available) + " too much; most for "
                                        + named(largest, units));
                })
                .orElse(new Page.Fact("RESULT", needed, "needed by " + stage + "; no --gpu, so no verdict"));
    }

    private long available() {
        return accelerator.map(kind -> kind.usableMemory().whole()).orElse(0L);
    }

    private static String named(List<Item> largest, ByteUnits units) {
        List<String> words = largest.stream()
                .map(item -> item.name() + " " + units.print(item.bytes()))
                .toList();
        return String.join(", ", words);
    }

    /// Each line of the worst stage, and what they add up to.
    List<Explanation> explanations() {
        StageMemory stage = plan.worstStage();
        List<Explanation> all = new ArrayList<>(StageBreakdown.explanations(job, plan.worst()));
        List<Item> lines = lines(stage);
        Basis exact = new Basis("B", "sum of the lines above", plan.provenance());
        all.add(sum("states", lines.subList(0, STATES), stage.states(), exact));
        all.add(sum("allocated", lines.subList(0, ALLOCATED), stage.allocated(), exact));
        Basis assumed = new Basis("B", "fragments by published runs; context and library assumed", Provenance.ASSUMED);
        all.add(sum("device", lines, stage.device(), assumed));
        return all;
    }

    private static Explanation sum(String topic, List<Item> items, long total, Basis basis) {
        return new Explanation(
                topic,
                items.stream().map(Item::name).collect(Collectors.joining(" + ")),
                items.stream().map(item -> Long.toString(item.bytes())).collect(Collectors.joining(" + ")),
                BigDecimal.valueOf(total),
                basis);
    }

    List<Page.Section> sections(ByteUnits units) {
        List<Page.Section> sections = new ArrayList<>();
        sections.add(worst(units));
        if (plan.stages().size() > 1) {
            sections.add(grid(units));
        }
        if (!plan.notCounted().isEmpty()) {
            sections.add(new Page.Section.Prose("", List.of("not counted: " + String.join("; ", plan.notCounted()))));
        }
        return sections;
    }

    private Page.Section worst(ByteUnits units) {
        StageMemory stage = plan.worstStage();
        List<Page.Fact> facts = new ArrayList<>();
        facts.add(new Page.Fact("weights", units.print(stage.weights()), ""));
        facts.add(new Page.Fact("gradients", units.print(stage.gradients()), ""));
        facts.add(new Page.Fact("master weights", units.print(stage.masterWeights()), ""));
        facts.add(new Page.Fact("optimizer states", units.print(stage.optimizerStates()), ""));
        facts.add(new Page.Fact("activations", units.print(stage.activations()), "kept for the backward pass"));
        addIf(facts, "logits and loss", stage.logits(), "at the peak", units);
        addIf(facts, "working", stage.working(), "gradients of activations, what is run again", units);
        addIf(facts, "buffers", stage.buffers(), "gathered weights, spare gradients, buckets", units);
        facts.add(new Page.Fact(
                "allocated",
                units.print(stage.allocated()),
                "the lines above, " + plan.provenance().word()));
        facts.add(new Page.Fact(
                "reserved",
                units.print(stage.reserved()),
                "with fragments of the allocator; " + units.print(stage.reservedLow()) + " to "
                        + units.print(stage.reservedHigh()) + " were seen"));
        facts.add(new Page.Fact("context", units.print(stage.context()), "of the driver, outside the allocator"));
        facts.add(
                new Page.Fact("communication", units.print(stage.communication()), "buffers of the library, outside"));
        facts.add(new Page.Fact("device", units.print(stage.device()), "reserved, context and communication"));
        String title = plan.stages().size() == 1
                ? "memory of each device, " + moment()
                : "memory of each device of stage " + plan.worst() + ", the fullest, " + moment();
        return new Page.Section.Facts(title, facts);
    }

    private static void addIf(List<Page.Fact> facts, String name, long bytes, String note, ByteUnits units) {
        if (bytes > 0) {
            facts.add(new Page.Fact(name, units.print(bytes), note));
        }
    }

    /// Neighbouring stages that hold the same stand in one row.
    private Page.Section grid(ByteUnits units) {
        List<List<String>> rows = new ArrayList<>();
        int from = 0;
        for (int at = 1; at <= plan.stages().size(); at++) {
            if (at == plan.stages().size() || !isAlike(from, at)) {
                rows.add(row(from, at - 1, units));
                from = at;
            }
        }
        return new Page.Section.Grid(
                "every stage",
                List.of(
                        Page.Column.left("stage"),
                        Page.Column.right("layers"),
                        Page.Column.right("states"),
                        Page.Column.right("activations"),
                        Page.Column.right("allocated"),
                        Page.Column.right("reserved"),
                        Page.Column.right("device")),
                rows);
    }

    private boolean isAlike(int one, int other) {
        return plan.stages().get(one).equals(plan.stages().get(other)) && layers(one) == layers(other);
    }

    private List<String> row(int from, int to, ByteUnits units) {
        StageMemory stage = plan.stages().get(from);
        return List.of(
                from == to ? Integer.toString(from) : from + "-" + to,
                Numbers.grouped(layers(from)),
                units.print(stage.states()),
                units.print(stage.activations()),
                units.print(stage.allocated()),
                units.print(stage.reserved()),
                units.print(stage.device()));
    }
}
