/// What training frameworks keep, hold and allocate, as data.
@NullMarked
package dev.plimsoll.planner.framework;

import org.jspecify.annotations.NullMarked;
