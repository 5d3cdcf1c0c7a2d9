/// Tensors held in their data types, and the allocator that knows what each is for.
@NullMarked
package dev.plimsoll.engine.tensor;

import org.jspecify.annotations.NullMarked;
