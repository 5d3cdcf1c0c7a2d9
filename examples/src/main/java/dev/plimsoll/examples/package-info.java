/// A small Transformer, trained, saved and made to write: the shortest way through the engine.
@NullMarked
package dev.plimsoll.examples;

import org.jspecify.annotations.NullMarked;
