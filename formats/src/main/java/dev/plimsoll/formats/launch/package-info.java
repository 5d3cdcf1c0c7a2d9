/// How training runs are started elsewhere: Megatron-LM's command lines, DeepSpeed's JSON, torchtitan's TOML; read and written.
@NullMarked
package dev.plimsoll.formats.launch;

import org.jspecify.annotations.NullMarked;
