/// Named axes, shapes over them, and the data types that tensors are held in.
@NullMarked
package dev.plimsoll.model.shape;

import org.jspecify.annotations.NullMarked;
