package dev.plimsoll.report.answer;

import dev.plimsoll.model.units.Numbers;
import dev.plimsoll.report.data.Data;
import dev.plimsoll.report.page.Page;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/// What `plimsoll model` answers for files whose architecture is not known: what they hold, and why there is no more.
///
/// @param parameters the elements, where every tensor holds plain numbers; empty where values are packed
/// @param reason why the rest is not known
public record FilesAnswer(Subject subject, Stored stored, OptionalLong parameters, String reason) {
    public Answer answer(View view) {
        Data total = parameters.isPresent() ? new Data.Whole(parameters.getAsLong()) : new Data.Nothing();
        Data.Fields data = subject.data()
                .with(
                        "parameters",
                        Data.Fields.empty()
                                .with("total", total)
                                .with("active", new Data.Nothing())
                                .with("embedding", new Data.Nothing())
                                .with("matmul", new Data.Nothing())
                                .with("corrections", new Data.Nothing())
                                .with("nextTokensPrediction", new Data.Nothing())
                                .with("stored", stored.elements())
                                .with("blocks", List.of())
                                .with("provenance", subject.provenance().word()))
                .with(
                        "weights",
                        Data.Fields.empty()
                                .with("bytes", stored.bytes().count())
                                .with("dataType", new Data.Nothing())
                                .with("convention", new Data.Nothing())
                                .with("storedBytes", stored.bytes().count())
                                .with("provenance", subject.provenance().word()))
                .with("keyValueCache", new Data.Nothing())
                .with("flops", new Data.Nothing())
                .with("stored", stored.data())
                .with("notKnown", reason)
                .with("explanations", List.of());
        List<Page.Section> sections = new ArrayList<>();
        sections.add(subject.section());
        sections.add(new Page.Section.Facts(
                "",
                List.of(
                        new Page.Fact(
                                "elements",
                                Numbers.grouped(stored.elements()),
                                "of all tensors, buffers and copies included; exact"),
                        new Page.Fact("bytes", view.units().print(stored.bytes().count()), "exact"),
                        new Page.Fact("the rest", "", reason))));
        sections.addAll(stored.sections(view.units()));
        return new Answer(data, new Page(sections));
    }
}
