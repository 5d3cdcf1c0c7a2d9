/// Quantities with their units, where a number comes from, and how both are read and printed.
@NullMarked
package dev.plimsoll.model.units;

import org.jspecify.annotations.NullMarked;
