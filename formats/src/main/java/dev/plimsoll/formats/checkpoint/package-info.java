/// What a checkpoint holds, whatever its format: tensors by name, type and shape, without their values.
@NullMarked
package dev.plimsoll.formats.checkpoint;

import org.jspecify.annotations.NullMarked;
