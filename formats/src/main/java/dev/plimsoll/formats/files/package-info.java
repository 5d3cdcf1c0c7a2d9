/// From a path that a user gives to the files of a model: which one is the config, which the checkpoint.
@NullMarked
package dev.plimsoll.formats.files;

import org.jspecify.annotations.NullMarked;
