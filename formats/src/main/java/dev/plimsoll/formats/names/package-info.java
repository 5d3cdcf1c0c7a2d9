/// What checkpoints call the parameters of each family.
@NullMarked
package dev.plimsoll.formats.names;

import org.jspecify.annotations.NullMarked;
