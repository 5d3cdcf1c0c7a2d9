/// Text continued token by token: what is kept of earlier tokens, and how the next one is chosen.
@NullMarked
package dev.plimsoll.engine.generation;

import org.jspecify.annotations.NullMarked;
