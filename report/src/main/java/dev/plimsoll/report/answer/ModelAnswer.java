package dev.plimsoll.report.answer;

import dev.plimsoll.model.units.ByteUnits;
import dev.plimsoll.model.units.Flops;
import dev.plimsoll.model.units.Numbers;
import dev.plimsoll.model.units.Provenance;
import dev.plimsoll.planner.cost.BlockParameters;
import dev.plimsoll.planner.cost.FlopCount;
import dev.plimsoll.planner.cost.KeyValueCacheSize;
import dev.plimsoll.planner.cost.ParameterCount;
import dev.plimsoll.planner.cost.TensorParameters;
import dev.plimsoll.planner.cost.WeightBytes;
import dev.plimsoll.planner.result.Comparison;
import dev.plimsoll.planner.result.Explanation;
import dev.plimsoll.report.data.Data;
import dev.plimsoll.report.page.Page;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What `plimsoll model` answers: parameters by block, bytes, cache and FLOPs a token.
///
/// @param stored what the files hold, where there are files
/// @param weights bytes as loaded
/// @param cache what one token keeps
/// @param work FLOPs; empty where the model does nothing but see, and the patches of an image are not known
public record ModelAnswer(
        Subject subject,
        ParameterCount parameters,
        Optional<Stored> stored,
        Weights weights,
        KeyValueCacheSize cache,
        Optional<Work> work) {
    /// What a token costs.
    ///
    /// @param training FLOPs of a training step
    /// @param prefill FLOPs of its forward pass alone
    public record Work(FlopCount training, FlopCount prefill) {}

    /// Bytes of the weights and what they rest on.
    ///
    /// @param convention which tensors are held how, and what is counted beside them; empty where all are held alike
    public record Weights(long bytes, String dataType, Optional<String> convention, Provenance provenance) {
        public static Weights of(WeightBytes bytes, String dataType, Provenance type) {
            return new Weights(
                    bytes.total().count(),
                    dataType,
                    bytes.convention(),
                    bytes.provenance().and(type));
        }
    }

    private static final String NEEDS_PATCHES = "not known: needs --patches";

    public Answer answer(View view) {
        List<Explanation> explanations = view.explains() ? explanations() : List.of();
        Data.Fields data = subject.data()
                .with("parameters", parameterData())
                .with("weights", weightData())
                .with("keyValueCache", cacheData())
                .with("flops", work.map(this::flopData).orElse(new Data.Nothing()))
                .with("stored", stored.<Data>map(Stored::data).orElse(new Data.Nothing()))
                .with("notKnown", work.isPresent() ? new Data.Nothing() : new Data.Words("FLOPs " + NEEDS_PATCHES))
                .with("explanations", Explained.data(explanations));
        return new Answer(data, page(view, explanations));
    }

    private Data parameterData() {
        List<Data> blocks = new ArrayList<>();
        for (BlockParameters block : parameters.blocks()) {
            blocks.add(Data.Fields.empty()
                    .with("part", block.part())
                    .with("name", block.name())
                    .with("count", block.layers())
                    .with("parameters", block.parameters())
                    .with("parametersOfOne", block.parametersOfOne()));
        }
        return Data.Fields.empty()
                .with("total", parameters.total())
                .with("active", parameters.active())
                .with("embedding", parameters.embedding())
                .with("matmul", parameters.matmul())
                .with("corrections", parameters.corrections())
                .with("nextTokensPrediction", parameters.nextTokensPrediction())
                .with(
                        "stored",
                        stored.<Data>map(files -> new Data.Whole(files.elements()))
                                .orElse(new Data.Nothing()))
                .with("blocks", blocks)
                .with("provenance", subject.provenance().word());
    }

    private Data weightData() {
        return Data.Fields.empty()
                .with("bytes", weights.bytes())
                .with("dataType", weights.dataType())
                .with(
                        "convention",
                        weights.convention().<Data>map(Data.Words::new).orElse(new Data.Nothing()))
                .with(
                        "storedBytes",
                        stored.<Data>map(files -> new Data.Whole(files.bytes().count()))
                                .orElse(new Data.Nothing()))
                .with("provenance", weights.provenance().word());
    }

    private Data cacheData() {
        return Data.Fields.empty()
                .with("bytesPerToken", cache.bytesPerToken().count())
                .with("stateBytesPerSequence", cache.stateBytesPerSequence().count())
                .with("dataType", cache.format().dataType().name())
                .with("provenance", subject.provenance().word());
    }

    private Data flopData(Work counted) {
        return Data.Fields.empty()
                .with("perToken", counted.training().perToken())
                .with("forwardPerToken", counted.prefill().perToken())
                .with("convention", counted.training().convention().name())
                .with("phase", "train")
                .with("sequenceLength", counted.training().workload().newTokens())
                .with("provenance", subject.provenance().word());
    }

    private List<Explanation> explanations() {
        List<Explanation> lines = new ArrayList<>(parameters.explanations());
        lines.addAll(cache.explanations(1, 1));
        return lines;
    }

    private Page page(View view, List<Explanation> explanations) {
        List<Page.Section> sections = new ArrayList<>();
        sections.add(subject.section());
        sections.add(new Page.Section.Facts("", facts(view.units())));
        sections.add(blockGrid());
        stored.ifPresent(files -> sections.addAll(files.sections(view.units())));
        weights.convention()
                .ifPresent(said -> sections.add(
                        new Page.Section.Prose("", List.of("weights in " + weights.dataType() + ": " + said))));
        work.ifPresent(counted -> sections.addAll(remarks(counted.training())));
        if (view.detail() == View.Detail.EVERY_TENSOR) {
            sections.add(tensorGrid());
        }
        if (view.explains()) {
            sections.add(Explained.section(explanations, textbooks()));
        }
        return new Page(sections);
    }

    private static List<Page.Section> remarks(FlopCount training) {
        List<Page.Section> sections = new ArrayList<>();
        if (!training.fixedLengths().isEmpty()) {
            sections.add(Lengths.section(training));
        }
        if (!training.notCounted().isEmpty()) {
            sections.add(new Page.Section.Prose(
                    "", List.of("not in the FLOPs: " + String.join("; ", training.notCounted()))));
        }
        return sections;
    }

    private List<Page.Fact> facts(ByteUnits units) {
        List<Page.Fact> facts = new ArrayList<>();
        String provenance = subject.provenance().word();
        facts.add(new Page.Fact("parameters", Numbers.grouped(parameters.total()), provenance));
        if (parameters.active() != parameters.total()) {
            facts.add(new Page.Fact(
                    "  active", Numbers.grouped(parameters.active()), "a token; input embedding included"));
        }
        facts.add(new Page.Fact("  embedding", Numbers.grouped(parameters.embedding()), "looked up"));
        facts.add(new Page.Fact("  matmul", Numbers.grouped(parameters.matmul()), "multiplied with activations"));
        if (parameters.corrections() > 0) {
            facts.add(new Page.Fact(
                    "  corrections",
                    Numbers.grouped(parameters.corrections()),
                    "router load balancing, included in the total"));
        }
        if (parameters.nextTokensPrediction() > 0) {
            facts.add(new Page.Fact(
                    "  next tokens",
                    Numbers.grouped(parameters.nextTokensPrediction()),
                    "prediction layers, not in the total"));
        }
        stored.ifPresent(files -> facts.add(new Page.Fact(
                "  stored",
                Numbers.grouped(files.elements()),
                "elements of all tensors, " + units.print(files.bytes().count()))));
        facts.add(new Page.Fact(
                "weights",
                units.print(weights.bytes()),
                weights.dataType() + ", " + weights.provenance().word()));
        facts.add(new Page.Fact(
                "KV cache",
                units.print(cache.bytesPerToken().count()),
                "a token, " + cache.format().dataType().name()));
        if (cache.stateBytesPerSequence().count() > 0) {
            facts.add(new Page.Fact(
                    "state",
                    units.print(cache.stateBytesPerSequence().count()),
                    "a sequence, " + cache.format().stateType().name()));
        }
        facts.addAll(
                work.map(ModelAnswer::workFacts).orElseGet(() -> List.of(new Page.Fact("FLOPs", "", NEEDS_PATCHES))));
        return facts;
    }

    private static List<Page.Fact> workFacts(Work counted) {
        FlopCount training = counted.training();
        String token = "a " + Lengths.token(training);
        String workload = training.convention().name() + ", sequences of "
                + Numbers.grouped(training.workload().newTokens());
        return List.of(
                new Page.Fact(
                        "FLOPs", new Flops(counted.prefill().perToken()).toString(), token + " forward, " + workload),
                new Page.Fact("", new Flops(training.perToken()).toString(), token + " in training"));
    }

    private Page.Section blockGrid() {
        long parts = parameters.blocks().stream()
                .map(BlockParameters::part)
                .distinct()
                .count();
        return new Page.Section.Grid(
                "",
                List.of(
                        Page.Column.left("block"),
                        Page.Column.right("count"),
                        Page.Column.right("of one"),
                        Page.Column.right("parameters")),
                parameters.blocks().stream()
                        .map(block -> List.of(
                                parts == 1 ? block.name() : block.part() + ": " + block.name(),
                                Numbers.grouped(block.layers()),
                                Numbers.grouped(block.parametersOfOne()),
                                Numbers.grouped(block.parameters())))
                        .toList());
    }

    private Page.Section tensorGrid() {
        return new Page.Section.Grid(
                "every tensor",
                List.of(
                        Page.Column.left("block"),
                        Page.Column.left("tensor"),
                        Page.Column.left("dimensions"),
                        Page.Column.right("copies"),
                        Page.Column.right("elements of one")),
                parameters.tensors().stream().map(ModelAnswer::row).toList());
    }

    private static List<String> row(TensorParameters tensor) {
        return List.of(
                tensor.block(),
                tensor.name(),
                tensor.dimensions().toString(),
                Numbers.grouped(tensor.copies()),
                Numbers.grouped(tensor.elements()));
    }

    private List<Comparison> textbooks() {
        return parameters.textbook().stream().toList();
    }
}
