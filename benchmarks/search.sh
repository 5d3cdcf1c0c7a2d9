#!/usr/bin/env bash
# Times the search for layouts within one process (JMH); any argument goes to JMH, for example: benchmarks/search.sh -f 1
#
# Targets: 300,000 whole layouts a second on one core with warm layers, 500,000 on two; a memoised layer in less than
# 100 ns; a search of 8,112 layouts in less than 0.2 s, and of 3 million in less than 10 s.
set -eu

# shellcheck source=benchmarks/common.sh
. "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/common.sh"
build
describe_machine
for threads in 1 2; do
  echo "warm layouts and layers, $threads threads"
  "$java" -cp "$app/*" org.openjdk.jmh.Main EvaluationBenchmark -t "$threads" "$@"
done
echo "whole searches"
"$java" -cp "$app/*" org.openjdk.jmh.Main SearchBenchmark "$@"
echo "whole processes: GPT-3 on 64 A100 80 GB"
question=(train gpt3-175b --gpu a100-80g:64 --global-batch-size 64 --seq-length 2048 --search)
for ((round = 0; round < 5; round++)); do
  measure search "$java" -XX:+UseSerialGC -XX:-UsePerfData "${program[@]}" "${question[@]}"
done
report_title
report search
echo "load     $(cut -d' ' -f1-3 /proc/loadavg) when ended"
