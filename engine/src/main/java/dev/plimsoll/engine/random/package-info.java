/// Numbers that look random and can be drawn again.
@NullMarked
package dev.plimsoll.engine.random;

import org.jspecify.annotations.NullMarked;
