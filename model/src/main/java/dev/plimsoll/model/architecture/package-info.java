/// Transformers as runs of identical layers, and the shared blocks that the families are composed of.
@NullMarked
package dev.plimsoll.model.architecture;

import org.jspecify.annotations.NullMarked;
