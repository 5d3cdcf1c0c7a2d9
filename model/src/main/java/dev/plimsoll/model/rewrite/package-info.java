/// Rewrites of a description: what a backward pass reads and does, what is inserted for training, a small likeness.
@NullMarked
package dev.plimsoll.model.rewrite;

import org.jspecify.annotations.NullMarked;
