/// GGUF files: header only, versions 1 to 3, both byte orders, alone or split.
///
/// Source of the format: `docs/gguf.md` and `gguf.cpp` of ggml-org/ggml.
@NullMarked
package dev.plimsoll.formats.gguf;

import org.jspecify.annotations.NullMarked;
