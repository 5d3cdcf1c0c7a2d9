/// The best layouts of a training run among all that there are, what they cost, and why the others lost.
@NullMarked
package dev.plimsoll.planner.search;

import org.jspecify.annotations.NullMarked;
