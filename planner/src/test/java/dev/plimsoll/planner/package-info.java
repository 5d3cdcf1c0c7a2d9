/// Models that the planner's tests count.
@NullMarked
package dev.plimsoll.planner;

import org.jspecify.annotations.NullMarked;
