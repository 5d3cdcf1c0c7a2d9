/// Devices, the links between them and the clusters they form, each figure with its source.
@NullMarked
package dev.plimsoll.planner.hardware;

import org.jspecify.annotations.NullMarked;
