/// What serving keeps, against sums by hand.
@NullMarked
package dev.plimsoll.planner.serving;

import org.jspecify.annotations.NullMarked;
