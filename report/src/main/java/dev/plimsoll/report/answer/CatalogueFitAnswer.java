package dev.plimsoll.report.answer;

import dev.plimsoll.model.units.ByteUnits;
import dev.plimsoll.model.units.Numbers;
import dev.plimsoll.planner.hardware.Accelerator;
import dev.plimsoll.planner.serving.Engine;
import dev.plimsoll.report.data.Data;
import dev.plimsoll.report.page.Page;
import java.util.List;
import java.util.OptionalLong;

/// What `plimsoll fit --gpu G` answers: which built-in models fit.
///
/// @param devices how many hold one model together or in replicas
public record CatalogueFitAnswer(Accelerator accelerator, long devices, Engine engine, List<Row> rows) {
    public CatalogueFitAnswer {
        rows = List.copyOf(rows);
    }

    /// @param reference what a command calls the model
    /// @param weightType the widest that fits
    /// @param maxModelLen the longest context that then fits; empty where nothing grows
    /// @param headroom bytes left beside a usual context
    public record Row(
            String reference,
            String name,
            long parameters,
            String weightType,
            OptionalLong maxModelLen,
            long headroom) {}

    public Answer answer(View view) {
        Data.Fields data = Data.Fields.empty()
                .with("schema", Answer.SCHEMA)
                .with(
                        "device",
                        Data.Fields.empty()
                                .with("name", accelerator.name())
                                .with("usableBytes", accelerator.usableMemory().whole())
                                .with("count", devices))
                .with("engine", engine.name())
                .with(
                        "fitting",
                        rows.stream().<Data>map(CatalogueFitAnswer::data).toList());
        return new Answer(data, page(view.units()));
    }

    private static Data data(Row row) {
        return Data.Fields.empty()
                .with("reference", row.reference())
                .with("name", row.name())
                .with("parameters", row.parameters())
                .with("weightType", row.weightType())
                .with("maxModelLen", row.maxModelLen())
                .with("headroomBytes", row.headroom());
    }

    private Page page(ByteUnits units) {
        Page.Section.Facts facts = new Page.Section.Facts(
                "",
                List.of(
                        new Page.Fact(
                                "device",
                                accelerator.name(),
                                devices + " x "
                                        + units.print(accelerator.usableMemory().whole()) + " usable"),
                        new Page.Fact("engine", engine.name(), engine.budgetSource())));
        Page.Section.Grid grid = new Page.Section.Grid(
                "",
                List.of(
                        Page.Column.left("model"),
                        Page.Column.right("parameters"),
                        Page.Column.left("weights"),
                        Page.Column.right("longest context")),
                rows.stream()
                        .map(row -> List.of(
                                row.reference(),
                                Numbers.grouped(row.parameters()),
                                row.weightType(),
                                row.maxModelLen().isPresent()
                                        ? Numbers.grouped(row.maxModelLen().getAsLong())
                                        : "any"))
                        .toList());
        return Page.of(facts, grid);
    }
}
