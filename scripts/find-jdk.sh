# shellcheck shell=bash
# Sets JAVA_HOME to a JDK of at least version 25; sourced by the launcher and the checks.
#
# The order: PLIMSOLL_JAVA_HOME, JAVA_HOME, java on the PATH, the usual folders. The version is read from the JDK's own
# `release` file, which takes no start of a JVM; folder names are not trusted.

plimsoll_release_field() { # DIR FIELD: prints the field of the JDK's release file, or nothing
  local line
  [ -x "$1/bin/java" ] && [ -r "$1/release" ] || return 0
  while IFS= read -r line; do
    case $line in
      "$2"=*)
        line=${line#*=}
        printf '%s\n' "${line//\"/}"
        return 0
        ;;
    esac
  done <"$1/release"
}

# The exact build, for what fits one build only.
plimsoll_jdk_build() { # DIR
  printf '%s\n' "$(plimsoll_release_field "$1" IMPLEMENTOR_VERSION)-$(plimsoll_release_field "$1" JAVA_RUNTIME_VERSION)" |
    tr -c 'A-Za-z0-9.+\n-' '_'
}

plimsoll_is_new_enough() { # DIR
  local version
  version=$(plimsoll_release_field "$1" JAVA_VERSION)
  version=${version%%[.+-]*}
  case $version in
    '' | *[!0-9]*) return 1 ;;
  esac
  [ "$version" -ge 25 ]
}

plimsoll_find_jdk() {
  local candidate on_path
  on_path=$(command -v java 2>/dev/null || true)
  if [ -n "$on_path" ]; then
    on_path=$(readlink -f "$on_path" 2>/dev/null || printf '%s' "$on_path")
    on_path=${on_path%/bin/java}
  fi
  for candidate in "${PLIMSOLL_JAVA_HOME:-}" "${JAVA_HOME:-}" "$on_path" \
    /usr/lib/jvm/* /opt/jdk* /opt/java/* "$HOME"/.sdkman/candidates/java/* "$HOME"/.jdks/* \
    /Library/Java/JavaVirtualMachines/*/Contents/Home; do
    if [ -n "$candidate" ] && plimsoll_is_new_enough "$candidate"; then
      JAVA_HOME=$candidate
      export JAVA_HOME
      return 0
    fi
  done
  return 1
}

plimsoll_require_jdk() {
  if ! plimsoll_find_jdk; then
    echo "plimsoll: no JDK of version 25 or later was found." >&2
    echo "Install one (for example Temurin 25), or set PLIMSOLL_JAVA_HOME to the folder of one." >&2
    exit 5
  fi
}

plimsoll_require_maven() {
  if ! command -v mvn >/dev/null 2>&1; then
    echo "plimsoll: Maven (mvn) was not found; it builds Plimsoll." >&2
    echo "Install Maven 3.8 or later (Debian: apt-get install maven; macOS: brew install maven)." >&2
    exit 5
  fi
}
