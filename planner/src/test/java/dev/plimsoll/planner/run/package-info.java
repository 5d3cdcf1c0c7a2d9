/// Tests of what a whole training run takes.
@NullMarked
package dev.plimsoll.planner.run;

import org.jspecify.annotations.NullMarked;
