/// What each device of a training run holds, keeps and sends in a step, exactly.
@NullMarked
package dev.plimsoll.planner.device;

import org.jspecify.annotations.NullMarked;
