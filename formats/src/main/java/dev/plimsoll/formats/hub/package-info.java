/// Models of the Hugging Face hub: their configs and headers, read by ranges and kept; never whole weights.
@NullMarked
package dev.plimsoll.formats.hub;

import org.jspecify.annotations.NullMarked;
