/// Arithmetic on ranges of `float` arrays: a scalar form that specifies it, and a vector form that is fast.
@NullMarked
package dev.plimsoll.engine.kernel;

import org.jspecify.annotations.NullMarked;
