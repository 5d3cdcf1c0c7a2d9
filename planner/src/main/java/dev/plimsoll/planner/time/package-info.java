/// How long a training step takes, and what of it each kind of work takes.
@NullMarked
package dev.plimsoll.planner.time;

import org.jspecify.annotations.NullMarked;
