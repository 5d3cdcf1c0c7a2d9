/// How answers show their arithmetic.
@NullMarked
package dev.plimsoll.planner.result;

import org.jspecify.annotations.NullMarked;
