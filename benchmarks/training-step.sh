#!/usr/bin/env bash
# Compares the engine's training step of GPT-2 small's shape (batch 1, 512 tokens, f32, AdamW) with PyTorch's on the
# CPU, by turns in two processes of two threads each.
#
# The first argument is the number of rounds. PyTorch 2.7.1 is fetched from Maven Central through DJL when the benchmark
# first runs (118 MB), and is no part of Plimsoll. It runs query, key and value as one map, attention written out.
#
# While others use the machine only the best rounds say anything: PyTorch's threads spin while they wait for one another,
# and lose most of their time so; OMP_WAIT_POLICY=passive keeps them from it, and makes them slower on a quiet machine.
# The change of the weights goes through DJL's own update, tensor by tensor and not fused, so the gradients alone are
# compared as well.
#
# Target: at least 0.8 of PyTorch's speed.
set -eu

# shellcheck source=benchmarks/common.sh
. "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/common.sh"
rounds=${1:-9}
build

peer=$here/benchmarks/target/pytorch
if [ ! -d "$peer/lib" ]; then
  mvn -B -ntp -q -f "$here/benchmarks/peers/pom.xml" \
    org.apache.maven.plugins:maven-dependency-plugin:3.11.0:copy-dependencies -DoutputDirectory="$peer/lib" >&2
fi
export DJL_CACHE_DIR=$peer/cache OMP_NUM_THREADS=2

describe_machine
"$java" -Xmx6g --add-modules jdk.incubator.vector -cp "$app/*" \
  dev.plimsoll.benchmarks.TrainingStepAgainstPyTorch "$rounds" \
  "$java" -Xmx1g --enable-native-access=ALL-UNNAMED -Dai.djl.pytorch.num_threads=2 \
  -cp "$peer/lib/*" "$here/benchmarks/peers/PyTorchStep.java"
echo "load     $(cut -d' ' -f1-3 /proc/loadavg) when ended"
