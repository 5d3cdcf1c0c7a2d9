# shellcheck shell=bash
# What the benchmarks share: the build, the flags of the launcher, medians; sourced by the scripts beside it.

here=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.." && pwd)
# shellcheck source=scripts/find-jdk.sh
. "$here/scripts/find-jdk.sh"
plimsoll_require_jdk
plimsoll_require_maven

# As ./plimsoll starts the program.
# shellcheck disable=SC2034 # the scripts use what this one sets
flags=(-XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:-UsePerfData)
java=$JAVA_HOME/bin/java
app=$here/benchmarks/target/app
inputs=$here/benchmarks/target/inputs

# shellcheck disable=SC2034
program=(-jar "$app/plimsoll-cli-0.1.0.jar")

# Builds everything and lays all jars beside each other.
build() {
  (cd "$here" && mvn -B -ntp -q -pl benchmarks -am -DskipTests -Dspotless.check.skip=true package) >&2
  cp "$here"/benchmarks/target/plimsoll-benchmarks-0.1.0.jar "$app/"
}

# learn CACHE COMMAND...: keeps what the JVM learns in a run.
learn() {
  rm -f "$1"
  "$java" "${flags[@]}" -XX:AOTCacheOutput="$1" "${@:2}" >/dev/null 2>&1
  [ -f "$1" ]
}

# Sparse files: some 20 MB on the disk, where the file system knows holes.
write_inputs() {
  rm -rf "$inputs"
  mkdir -p "$inputs"
  "$java" -cp "$app/*" dev.plimsoll.benchmarks.WriteFixtures "$inputs"
}

describe_machine() {
  echo "machine  $(nproc) cores, $(grep -m1 'model name' /proc/cpuinfo | cut -d: -f2 | sed 's/^ //'), $(uname -sm)"
  echo "JDK      $("$java" -version 2>&1 | sed -n 2p)"
  echo "load     $(cut -d' ' -f1-3 /proc/loadavg) when begun"
}

# measure NAME COMMAND...: runs it once and appends "NAME wall user system", in seconds, to $samples.
measure() {
  local name=$1 TIMEFORMAT='%3R %3U %3S'
  shift
  { time "$@" >/dev/null 2>"$errors"; } 2>"$times" || {
    cat "$errors" >&2
    return 1
  }
  echo "$name $(cat "$times")" >>"$samples"
}

# quantiles NAME FIRST LAST: least, median and greatest of the sum of these columns, in milliseconds.
quantiles() {
  awk -v name="$1" -v first="$2" -v last="$3" \
    '$1 == name { sum = 0; for (i = first; i <= last; i++) sum += $i; printf "%d\n", 1000 * sum + 0.5 }' "$samples" |
    sort -n | awk '{ v[NR] = $1 } END { print v[1], v[int((NR + 1) / 2)], v[NR] }'
}

# report NAME: one line of wall and CPU times.
report() {
  read -r -a wall <<<"$(quantiles "$1" 2 2)"
  read -r -a cpu <<<"$(quantiles "$1" 3 4)"
  printf '%-18s %8d %8d %8d   %8d %8d %8d\n' "$1" "${wall[@]}" "${cpu[@]}"
}

report_title() {
  printf '%-18s %26s   %26s\n' "milliseconds" "wall: least, median, most" "CPU: least, median, most"
}

samples=$(mktemp)
times=$(mktemp)
errors=$(mktemp)
trap 'rm -f "$samples" "$times" "$errors"' EXIT
