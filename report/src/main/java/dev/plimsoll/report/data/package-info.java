/// An answer as a tree of named values: what JSON prints, gates test and comparisons line up.
@NullMarked
package dev.plimsoll.report.data;

import org.jspecify.annotations.NullMarked;
