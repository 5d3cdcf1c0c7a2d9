package dev.plimsoll.report.answer;

import dev.plimsoll.model.units.Provenance;
import dev.plimsoll.report.data.Data;
import dev.plimsoll.report.page.Page;
import java.util.List;

/// The model an answer is about.
///
/// @param architecture the family, or empty where no config says it
/// @param source where its description comes from
public record Subject(String name, String architecture, String source, Provenance provenance) {
    /// How every answer begins.
    Data.Fields data() {
        return Data.Fields.empty()
                .with("schema", Answer.SCHEMA)
                .with(
                        "model",
                        Data.Fields.empty()
                                .with("name", name)
                                .with("architecture", architecture)
                                .with("source", source)
                                .with("provenance", provenance.word()));
    }

    Page.Section section() {
        return new Page.Section.Facts(
                "", List.of(new Page.Fact("model", name, architecture), new Page.Fact("source", "", source)));
    }
}
