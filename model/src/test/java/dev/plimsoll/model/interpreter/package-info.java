/// The description executed: a scalar interpreter of blocks, and forward passes written by hand beside it.
@NullMarked
package dev.plimsoll.model.interpreter;

import org.jspecify.annotations.NullMarked;
