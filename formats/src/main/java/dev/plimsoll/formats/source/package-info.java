/// Where bytes come from: a file of this machine, or what is kept of a remote one.
@NullMarked
package dev.plimsoll.formats.source;

import org.jspecify.annotations.NullMarked;
