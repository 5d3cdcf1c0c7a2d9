/// How fast: counting and reading in process, and the programs that whole processes are measured by.
@NullMarked
package dev.plimsoll.benchmarks;

import org.jspecify.annotations.NullMarked;
