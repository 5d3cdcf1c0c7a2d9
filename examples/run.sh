#!/usr/bin/env bash
# Runs an example by the name of its class, for example: examples/run.sh TrainSmallModel FOLDER
set -eu

here=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.." && pwd)
# shellcheck source=scripts/find-jdk.sh
. "$here/scripts/find-jdk.sh"
plimsoll_require_jdk
plimsoll_require_maven

app=$here/examples/target/app
(cd "$here" && mvn -B -ntp -q -pl examples -am -Dmaven.test.skip=true -Dspotless.check.skip=true package) >&2
exec "$JAVA_HOME/bin/java" --add-modules jdk.incubator.vector -cp "$app/*:$here/examples/target/classes" \
  "dev.plimsoll.examples.$1" "${@:2}"
