/// Sets what a config describes beside what a checkpoint holds, tensor by tensor.
@NullMarked
package dev.plimsoll.formats.reconcile;

import org.jspecify.annotations.NullMarked;
