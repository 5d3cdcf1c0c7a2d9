package dev.plimsoll.report.answer;

import dev.plimsoll.model.units.ByteUnits;
import dev.plimsoll.planner.hardware.Accelerator;
import dev.plimsoll.planner.hardware.Figure;
import dev.plimsoll.planner.hardware.Interconnect;
import dev.plimsoll.planner.hardware.MathType;
import dev.plimsoll.planner.hardware.Node;
import dev.plimsoll.planner.hardware.Unit;
import dev.plimsoll.report.data.Data;
import dev.plimsoll.report.page.Page;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What `plimsoll hardware` answers: devices with each figure's source.
public record HardwareAnswer(List<Accelerator> accelerators) {
    public HardwareAnswer {
        accelerators = List.copyOf(accelerators);
    }

    public Answer answer(View view) {
        Data.Fields data = Data.Fields.empty()
                .with("schema", Answer.SCHEMA)
                .with(
                        "hardware",
                        accelerators.stream().<Data>map(HardwareAnswer::data).toList());
        return new Answer(
                data, accelerators.size() == 1 ? single(accelerators.getFirst(), view.units()) : list(view.units()));
    }

    private static Data data(Accelerator accelerator) {
        List<Data> peaks = new ArrayList<>();
        accelerator.peaks().forEach((type, peak) -> peaks.add(figure(peak).with("type", type.word())));
        return Data.Fields.empty()
                .with("name", accelerator.name())
                .with(
                        "aliases",
                        accelerator.aliases().stream().map(Data.Words::new).toList())
                .with("product", accelerator.product())
                .with("architecture", accelerator.architecture())
                .with("memory", figure(accelerator.memory()))
                .with("usableMemory", figure(accelerator.usableMemory()))
                .with("memoryBandwidth", figure(accelerator.memoryBandwidth()))
                .with("peaks", peaks)
                .with(
                        "multiprocessors",
                        accelerator.multiprocessors().<Data>map(Data.Whole::new).orElse(new Data.Nothing()))
                .with(
                        "power",
                        accelerator.power().<Data>map(HardwareAnswer::figure).orElse(new Data.Nothing()))
                .with("host", accelerator.host().<Data>map(HardwareAnswer::link).orElse(new Data.Nothing()))
                .with("node", node(accelerator.node()));
    }

    private static Data.Fields figure(Figure figure) {
        Data value = figure.unit() == Unit.BYTES ? new Data.Whole(figure.whole()) : new Data.Real(figure.value());
        return Data.Fields.empty()
                .with(figure.unit().key(), value)
                .with("source", figure.source())
                .with("provenance", figure.provenance().word());
    }

    private static Data link(Interconnect link) {
        return Data.Fields.empty()
                .with("name", link.name())
                .with("technology", link.technology().word())
                .with("bandwidth", figure(link.bytesPerSecond()))
                .with("latency", figure(link.latency()));
    }

    private static Data node(Node node) {
        return Data.Fields.empty()
                .with("name", node.name())
                .with("devices", node.devices())
                .with("domain", node.domain())
                .with("scaleUp", link(node.scaleUp()))
                .with("scaleOut", link(node.scaleOut()))
                .with("source", node.source())
                .with("provenance", node.provenance().word());
    }

    private static Page single(Accelerator accelerator, ByteUnits units) {
        List<Page.Fact> facts = new ArrayList<>(List.of(
                new Page.Fact("device", accelerator.name(), accelerator.product()),
                new Page.Fact("architecture", accelerator.architecture(), "")));
        if (!accelerator.aliases().isEmpty()) {
            facts.add(new Page.Fact("also", String.join(", ", accelerator.aliases()), ""));
        }
        accelerator
                .multiprocessors()
                .ifPresent(count -> facts.add(new Page.Fact("multiprocessors", count.toString(), "")));
        List<List<String>> rows = new ArrayList<>();
        rows.add(row("memory", accelerator.memory(), units));
        rows.add(row("usable", accelerator.usableMemory(), units));
        rows.add(row("bandwidth", accelerator.memoryBandwidth(), units));
        accelerator.peaks().forEach((type, peak) -> rows.add(row("peak " + type.word() + ", dense", peak, units)));
        accelerator.power().ifPresent(power -> rows.add(row("power", power, units)));
        accelerator.host().ifPresent(host -> rows.add(row("host " + host.name(), host.bytesPerSecond(), units)));
        Node node = accelerator.node();
        rows.add(List.of(
                "node " + node.name(),
                node.devices() == node.domain() ? node.devices() + "" : node.devices() + " of " + node.domain(),
                node.provenance().word() + ": " + node.source()));
        for (Interconnect link : List.of(node.scaleUp(), node.scaleOut())) {
            rows.add(row(link.name(), link.bytesPerSecond(), units));
            rows.add(row("  latency", link.latency(), units));
        }
        return Page.of(
                new Page.Section.Facts("", facts),
                new Page.Section.Grid(
                        "",
                        List.of(Page.Column.left("figure"), Page.Column.right("value"), Page.Column.left("source")),
                        rows),
                new Page.Section.Prose(
                        "",
                        List.of("Peaks are dense, without sparsity. Bandwidths of links are for one device in one"
                                + " direction. A type of numbers that is missing has no published peak.")));
    }

    private static List<String> row(String name, Figure figure, ByteUnits units) {
        return List.of(
                name,
                figure.unit().print(figure.value(), units),
                figure.provenance().word() + ": " + figure.source());
    }

    private Page list(ByteUnits units) {
        return Page.of(new Page.Section.Grid(
                "",
                List.of(
                        Page.Column.left("device"),
                        Page.Column.right("memory"),
                        Page.Column.right("usable"),
                        Page.Column.right("bandwidth"),
                        Page.Column.right("bf16 or fp16"),
                        Page.Column.right("power")),
                accelerators.stream()
                        .map(accelerator -> List.of(
                                accelerator.name(),
                                print(Optional.of(accelerator.memory()), units),
                                print(Optional.of(accelerator.usableMemory()), units),
                                print(Optional.of(accelerator.memoryBandwidth()), units),
                                print(accelerator.peak(MathType.BF16).or(() -> accelerator.peak(MathType.FP16)), units),
                                print(accelerator.power(), units)))
                        .toList()));
    }

    private static String print(Optional<Figure> figure, ByteUnits units) {
        return figure.map(known -> known.unit().print(known.value(), units)).orElse("-");
    }
}
