/// What a Transformer costs: parameters, bytes, cache and FLOPs, each counted by a walk over its operators.
@NullMarked
package dev.plimsoll.planner.cost;

import org.jspecify.annotations.NullMarked;
