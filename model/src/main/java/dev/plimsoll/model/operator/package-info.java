/// The operators a Transformer is a program of, the values they read and write, and their parameters.
@NullMarked
package dev.plimsoll.model.operator;

import org.jspecify.annotations.NullMarked;
