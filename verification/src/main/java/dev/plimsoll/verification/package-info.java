/// Prediction beside measurement: what the planner says of a small model, and what the engine did.
@NullMarked
package dev.plimsoll.verification;

import org.jspecify.annotations.NullMarked;
