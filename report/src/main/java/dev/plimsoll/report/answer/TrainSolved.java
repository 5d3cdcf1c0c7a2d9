package dev.plimsoll.report.answer;

import dev.plimsoll.model.units.Numbers;
import dev.plimsoll.report.data.Data;
import dev.plimsoll.report.page.Page;
import java.util.OptionalLong;

/// The largest or smallest value of something with which a run fits.
///
/// @param name of the flag it is given by
/// @param value empty where none fits
/// @param words what was looked for
public record TrainSolved(String name, OptionalLong value, String words) {
    Data.Fields data() {
        return Data.Fields.empty().with("name", name).with("value", value);
    }

    Page.Fact fact() {
        return new Page.Fact(
                "SOLVED", value.isPresent() ? name + " " + Numbers.grouped(value.getAsLong()) : "none", words);
    }
}
