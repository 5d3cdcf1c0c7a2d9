/// Tests of the search for layouts.
@NullMarked
package dev.plimsoll.planner.search;

import org.jspecify.annotations.NullMarked;
