/// Training steps, executed as the backward rewrite lists them, and what was observed of them.
@NullMarked
package dev.plimsoll.engine.training;

import org.jspecify.annotations.NullMarked;
