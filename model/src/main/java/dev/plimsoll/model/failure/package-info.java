/// What went wrong with an input, and what its owner can do about it.
@NullMarked
package dev.plimsoll.model.failure;

import org.jspecify.annotations.NullMarked;
