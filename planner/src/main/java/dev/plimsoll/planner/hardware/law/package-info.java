/// How long kernels and exchanges between devices take: published and fitted laws, as functions of plain numbers.
@NullMarked
package dev.plimsoll.planner.hardware.law;

import org.jspecify.annotations.NullMarked;
