/// The families of Transformers: how each one's config composes the shared blocks.
@NullMarked
package dev.plimsoll.formats.family;

import org.jspecify.annotations.NullMarked;
