/// The program as a user meets it: arguments in, text and exit codes out.
@NullMarked
package dev.plimsoll.cli;

import org.jspecify.annotations.NullMarked;
