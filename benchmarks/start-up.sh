#!/usr/bin/env bash
# Compares the start of `plimsoll model config.json` with that of an empty picocli program: the same JVM, the same
# flags, run by turns; each with what the JVM learned in a run of its own, as ./plimsoll starts, and without.
#
# Target: at most 1.5 times the empty program.
set -eu

# shellcheck source=benchmarks/common.sh
. "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/common.sh"
rounds=${1:-20}
build
write_inputs

config=$inputs/dense/config.json
empty=(-cp "$app/plimsoll-benchmarks-0.1.0.jar:$app/picocli-4.7.7.jar" dev.plimsoll.benchmarks.EmptyPicocli show "$config")
plimsoll=("${program[@]}" model "$config")
learn "$app/empty.aot" "${empty[@]}"
learn "$app/plimsoll.aot" "${program[@]}" model llama-3.1-8b # what ./plimsoll trains on

describe_machine
echo "flags    ${flags[*]}"
for ((round = 0; round < rounds; round++)); do
  measure empty "$java" "${flags[@]}" -XX:AOTCache="$app/empty.aot" "${empty[@]}"
  measure plimsoll "$java" "${flags[@]}" -XX:AOTCache="$app/plimsoll.aot" "${plimsoll[@]}"
  measure empty-no-cache "$java" "${flags[@]}" "${empty[@]}"
  measure plimsoll-no-cache "$java" "${flags[@]}" "${plimsoll[@]}"
done

# ratio A B: of the medians.
ratio() {
  read -r -a a <<<"$(quantiles "$1" 2 2) $(quantiles "$1" 3 4)"
  read -r -a b <<<"$(quantiles "$2" 2 2) $(quantiles "$2" 3 4)"
  awk -v what="$1 / $2" -v wall="${a[1]}" -v from="${b[1]}" -v cpu="${a[4]}" -v fromCpu="${b[4]}" \
    'BEGIN { printf "%s: wall %.2f, CPU %.2f\n", what, wall / from, cpu / fromCpu }'
}

report_title
for name in empty plimsoll empty-no-cache plimsoll-no-cache; do
  report "$name"
done
ratio plimsoll empty
ratio plimsoll-no-cache empty-no-cache
echo "load     $(cut -d' ' -f1-3 /proc/loadavg) when ended; $rounds rounds"
