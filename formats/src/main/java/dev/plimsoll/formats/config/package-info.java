/// What a `config.json` says, under all the names it is said by.
@NullMarked
package dev.plimsoll.formats.config;

import org.jspecify.annotations.NullMarked;
