package dev.plimsoll.report.answer;

import dev.plimsoll.model.units.ByteUnits;
import dev.plimsoll.model.units.Bytes;
import dev.plimsoll.model.units.Numbers;
import dev.plimsoll.report.data.Data;
import dev.plimsoll.report.page.Page;
import java.util.ArrayList;
import java.util.List;

/// What a checkpoint's files hold.
///
/// @param elements of all tensors: buffers, copies, scales and packed values included
/// @param bytes of all tensors, without headers
/// @param forms how the parameters are held
/// @param extras what is held beyond the logical parameters
/// @param absent parts that these files lack though the architecture may have them
public record Stored(long elements, Bytes bytes, List<Form> forms, List<Extra> extras, List<String> absent) {
    /// Parameters held in one data type.
    public record Form(String dataType, long parameters, long tensors, Bytes bytes) {}

    /// Tensors of one kind and name.
    ///
    /// @param pattern their name, with `{layer}` and `{expert}` for numbers
    public record Extra(String kind, String pattern, long tensors, long elements, Bytes bytes) {}

    public Stored {
        forms = List.copyOf(forms);
        extras = List.copyOf(extras);
        absent = List.copyOf(absent);
    }

    Data.Fields data() {
        List<Data> formItems = new ArrayList<>();
        forms.forEach(form -> formItems.add(Data.Fields.empty()
                .with("dataType", form.dataType())
                .with("parameters", form.parameters())
                .with("tensors", form.tensors())
                .with("bytes", form.bytes().count())));
        List<Data> extraItems = new ArrayList<>();
        extras.forEach(extra -> extraItems.add(Data.Fields.empty()
                .with("kind", extra.kind())
                .with("pattern", extra.pattern())
                .with("tensors", extra.tensors())
                .with("elements", extra.elements())
                .with("bytes", extra.bytes().count())));
        List<Data> absentItems = new ArrayList<>();
        absent.forEach(part -> absentItems.add(new Data.Words(part)));
        return Data.Fields.empty()
                .with("elements", elements)
                .with("bytes", bytes.count())
                .with("forms", formItems)
                .with("beyondParameters", extraItems)
                .with("absentParts", absentItems);
    }

    List<Page.Section> sections(ByteUnits units) {
        List<Page.Section> sections = new ArrayList<>();
        if (!forms.isEmpty()) {
            sections.add(new Page.Section.Grid(
                    "parameters as stored",
                    List.of(
                            Page.Column.left("data type"),
                            Page.Column.right("parameters"),
                            Page.Column.right("tensors"),
                            Page.Column.right("bytes")),
                    forms.stream()
                            .map(form -> List.of(
                                    form.dataType(),
                                    Numbers.grouped(form.parameters()),
                                    Numbers.grouped(form.tensors()),
                                    units.print(form.bytes().count())))
                            .toList()));
        }
        if (!extras.isEmpty()) {
            sections.add(new Page.Section.Grid(
                    "in the files beyond the parameters",
                    List.of(
                            Page.Column.left("what"),
                            Page.Column.right("tensors"),
                            Page.Column.right("elements"),
                            Page.Column.right("bytes"),
                            Page.Column.left("name")),
                    extras.stream()
                            .map(extra -> List.of(
                                    extra.kind(),
                                    Numbers.grouped(extra.tensors()),
                                    Numbers.grouped(extra.elements()),
                                    units.print(extra.bytes().count()),
                                    extra.pattern()))
                            .toList()));
        }
        if (!absent.isEmpty()) {
            sections.add(new Page.Section.Prose("", List.of("not in these files: " + String.join(", ", absent))));
        }
        return sections;
    }
}
