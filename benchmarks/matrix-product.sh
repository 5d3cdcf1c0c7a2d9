#!/usr/bin/env bash
# Compares the engine's float32 matrix product with that of OpenBLAS, at its best kernel for this machine, by turns in
# two processes; and prints what the processor's multiply-adds could do, measured in the same run.
#
# The first argument is the number of rounds. OPENBLAS_CORETYPE may name another kernel: left to itself OpenBLAS takes
# the one for AVX2 on processors with AVX-512 that it does not know, and is then half as fast. OpenBLAS is fetched from
# Maven Central when the benchmark first runs, and is no part of Plimsoll.
#
# One thread is timed by its CPU time, which the load of a shared machine changes little; two by the wall clock, where
# only the best rounds say anything while others work.
#
# Target: at least 0.7 of OpenBLAS, with two threads.
set -eu

# shellcheck source=benchmarks/common.sh
. "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/common.sh"
rounds=${1:-15}
build

peer=$here/benchmarks/target/openblas
library=$peer/org/bytedeco/openblas/linux-x86_64/libopenblas.so.0
if [ ! -f "$library" ]; then
  mvn -B -ntp -q org.apache.maven.plugins:maven-dependency-plugin:3.11.0:copy \
    -Dartifact=org.bytedeco:openblas:0.3.31-1.5.13:jar:linux-x86_64 -DoutputDirectory="$peer" >&2
  (cd "$peer" && "$JAVA_HOME/bin/jar" xf openblas-*.jar)
fi
if [ -z "${OPENBLAS_CORETYPE:-}" ] && grep -q avx512f /proc/cpuinfo; then
  export OPENBLAS_CORETYPE=SkylakeX
fi

describe_machine
LD_LIBRARY_PATH=$(dirname "$library") "$java" --add-modules jdk.incubator.vector -cp "$app/*" \
  dev.plimsoll.benchmarks.MatrixProductAgainstOpenBlas "$rounds" \
  "$java" --enable-native-access=ALL-UNNAMED -cp "$app/*" dev.plimsoll.benchmarks.OpenBlasPeer "$library"
echo "load     $(cut -d' ' -f1-3 /proc/loadavg) when ended"
