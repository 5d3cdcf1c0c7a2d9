/// What was really multiplied, read and written, counted where it happens.
@NullMarked
package dev.plimsoll.engine.meter;

import org.jspecify.annotations.NullMarked;
