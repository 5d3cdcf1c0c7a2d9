/// Safetensors files: their headers, alone or in sets of shards, and the values of one file, read and written.
///
/// Source of the format: the README and `tensor.rs` of huggingface/safetensors.
@NullMarked
package dev.plimsoll.formats.safetensors;

import org.jspecify.annotations.NullMarked;
