/// From what a user calls a model to what is known of it: its description, its checkpoint, and how the two agree.
@NullMarked
package dev.plimsoll.formats.model;

import org.jspecify.annotations.NullMarked;
