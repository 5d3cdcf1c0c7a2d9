/// Virtual devices: threads with memory and a meter of their own, and a network that counts what it carries.
@NullMarked
package dev.plimsoll.engine.device;

import org.jspecify.annotations.NullMarked;
