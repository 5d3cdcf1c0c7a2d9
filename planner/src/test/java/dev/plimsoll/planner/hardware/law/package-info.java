/// Tests of the laws of kernels and exchanges.
@NullMarked
package dev.plimsoll.planner.hardware.law;

import org.jspecify.annotations.NullMarked;
