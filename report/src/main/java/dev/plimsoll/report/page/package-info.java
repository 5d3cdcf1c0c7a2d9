/// An answer as sections of rows: what a terminal, Markdown and CSV print.
@NullMarked
package dev.plimsoll.report.page;

import org.jspecify.annotations.NullMarked;
