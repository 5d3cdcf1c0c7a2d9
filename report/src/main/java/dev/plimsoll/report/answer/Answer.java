package dev.plimsoll.report.answer;

import dev.plimsoll.report.data.Data;
import dev.plimsoll.report.page.Page;

/// An answer in both forms: the same figures as data and as a page.
public record Answer(Data.Fields data, Page page) {
    /// The version of the JSON answers' shape, which each of them begins with.
    public static final String SCHEMA = "plimsoll/1";
}
