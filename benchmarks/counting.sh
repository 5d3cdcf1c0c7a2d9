#!/usr/bin/env bash
# Times counting and reading within one process (JMH); any argument goes to JMH, for example: benchmarks/counting.sh -f 1
#
# Target: counting a model that is read already, each question and all together, in less than 50 microseconds (median).
set -eu

# shellcheck source=benchmarks/common.sh
. "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/common.sh"
build
describe_machine
"$java" -cp "$app/*" org.openjdk.jmh.Main '(Counting|Reading)Benchmark' "$@"
echo "load     $(cut -d' ' -f1-3 /proc/loadavg) when ended"
