/// The devices that are known by name, the files that describe them, and how `--gpu` asks for them.
@NullMarked
package dev.plimsoll.planner.hardware.catalogue;

import org.jspecify.annotations.NullMarked;
