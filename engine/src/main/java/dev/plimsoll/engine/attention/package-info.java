/// The attention core, forward and gradient: over all pairs of tokens, or tile by tile.
@NullMarked
package dev.plimsoll.engine.attention;

import org.jspecify.annotations.NullMarked;
