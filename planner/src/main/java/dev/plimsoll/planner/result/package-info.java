/// Answers that show their arithmetic: counts with the factors they are made of, and the lines that explain them.
@NullMarked
package dev.plimsoll.planner.result;

import org.jspecify.annotations.NullMarked;
