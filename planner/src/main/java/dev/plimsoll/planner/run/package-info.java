/// What a whole training run takes: time, devices, money, energy, failures; and how large a model a budget is best spent on.
@NullMarked
package dev.plimsoll.planner.run;

import org.jspecify.annotations.NullMarked;
