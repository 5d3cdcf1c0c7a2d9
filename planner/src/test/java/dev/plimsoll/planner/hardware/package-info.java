/// Tests of devices, links and clusters.
@NullMarked
package dev.plimsoll.planner.hardware;

import org.jspecify.annotations.NullMarked;
