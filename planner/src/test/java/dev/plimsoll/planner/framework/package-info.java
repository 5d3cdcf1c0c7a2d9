@NullMarked
package dev.plimsoll.planner.framework;

import org.jspecify.annotations.NullMarked;
