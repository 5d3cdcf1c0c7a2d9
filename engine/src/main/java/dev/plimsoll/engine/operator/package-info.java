/// Every executed operator's forward pass and gradients over tensors.
@NullMarked
package dev.plimsoll.engine.operator;

import org.jspecify.annotations.NullMarked;
