/// The engine held against runtimes that others have written.
@NullMarked
package dev.plimsoll.judges;

import org.jspecify.annotations.NullMarked;
