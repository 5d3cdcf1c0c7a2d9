/// What the counts count.
@NullMarked
package dev.plimsoll.planner.cost;

import org.jspecify.annotations.NullMarked;
