/// Tests of how long a training step takes.
@NullMarked
package dev.plimsoll.planner.time;

import org.jspecify.annotations.NullMarked;
