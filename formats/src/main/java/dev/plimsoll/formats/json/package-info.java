/// Small JSON texts as a tree, large ones as a stream; both strict, bounded, and clear about where they fail.
@NullMarked
package dev.plimsoll.formats.json;

import org.jspecify.annotations.NullMarked;
