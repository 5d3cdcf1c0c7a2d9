/// How many bytes a training run takes on each stage of its pipeline.
@NullMarked
package dev.plimsoll.planner.memory;

import org.jspecify.annotations.NullMarked;
