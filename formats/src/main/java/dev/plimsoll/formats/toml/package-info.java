/// TOML texts, read to the same tree as JSON.
@NullMarked
package dev.plimsoll.formats.toml;

import org.jspecify.annotations.NullMarked;
