/// Safetensors files: their headers, alone or in sets of shards.
///
/// Source of the format: the README and `tensor.rs` of huggingface/safetensors.
@NullMarked
package dev.plimsoll.formats.safetensors;

import org.jspecify.annotations.NullMarked;
