/// Tests of what each device of a training run holds, keeps and sends.
@NullMarked
package dev.plimsoll.planner.device;

import org.jspecify.annotations.NullMarked;
