/// Tests of the devices known by name and of the files that add to them.
@NullMarked
package dev.plimsoll.planner.hardware.catalogue;

import org.jspecify.annotations.NullMarked;
