/// Tests of the hub against a server of this machine; the network is never asked.
@NullMarked
package dev.plimsoll.formats.hub;

import org.jspecify.annotations.NullMarked;
