/// How a Transformer is run, taken alike by whoever predicts and whoever executes.
@NullMarked
package dev.plimsoll.model.execution;

import org.jspecify.annotations.NullMarked;
