#!/usr/bin/env bash
# Times `plimsoll model` on files of a model of 671 billion parameters, from the start of the process to its end, in
# 256 MiB of heap: 163 safetensors shards with their index and config.json, and one GGUF file of 435 GB. Both are
# sparse: headers of the real size, no weights. Both are set beside the description tensor by tensor.
#
# Target: less than 1.5 s each.
set -eu

# shellcheck source=benchmarks/common.sh
. "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/common.sh"
rounds=${1:-10}
build
write_inputs

learn "$app/plimsoll.aot" "${program[@]}" model llama-3.1-8b # what ./plimsoll trains on
plimsoll=("$java" "${flags[@]}" -Xmx256m -XX:AOTCache="$app/plimsoll.aot" "${program[@]}" model)

describe_machine
echo "flags    ${flags[*]} -Xmx256m, with an AOT cache"
for ((round = 0; round < rounds; round++)); do
  measure safetensors "${plimsoll[@]}" "$inputs/safetensors"
  measure gguf "${plimsoll[@]}" "$inputs/deepseek-v3.gguf"
done

report_title
report safetensors
report gguf
echo "load     $(cut -d' ' -f1-3 /proc/loadavg) when ended; $rounds rounds"
