/// PyTorch pickles, which can run code when they are read: only their sizes are looked at.
@NullMarked
package dev.plimsoll.formats.pytorch;

import org.jspecify.annotations.NullMarked;
