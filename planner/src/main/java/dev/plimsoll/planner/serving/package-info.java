/// Serving a model: what an engine keeps on each device, whether it fits, and the most that does.
@NullMarked
package dev.plimsoll.planner.serving;

import org.jspecify.annotations.NullMarked;
