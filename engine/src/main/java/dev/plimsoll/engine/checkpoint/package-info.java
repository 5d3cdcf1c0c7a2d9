/// Parameters saved under the names that Hugging Face's files give them, and read again.
@NullMarked
package dev.plimsoll.engine.checkpoint;

import org.jspecify.annotations.NullMarked;
