/// What a search is made of, timed from inside its package.
@NullMarked
package dev.plimsoll.planner.search;

import org.jspecify.annotations.NullMarked;
