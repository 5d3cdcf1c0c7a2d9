@NullMarked
package dev.plimsoll.planner.memory;

import org.jspecify.annotations.NullMarked;
