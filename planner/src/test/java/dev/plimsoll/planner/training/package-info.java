/// Tests of what a training step multiplies, keeps and holds.
@NullMarked
package dev.plimsoll.planner.training;

import org.jspecify.annotations.NullMarked;
