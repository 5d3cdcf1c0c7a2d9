/// The command line: parse, call, render.
@NullMarked
package dev.plimsoll.cli;

import org.jspecify.annotations.NullMarked;
