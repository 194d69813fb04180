# Tools that go into .data/tools: binaries from wheels, checked against a pinned hash, else built by cargo.
# Sourced by infra/run after system.sh.
# shellcheck shell=bash

# need_tool COMMAND CRATE PREFIX: PREFIX names the variables of versions.env.
need_tool() {
    local command=$1 crate=$2 minimum="$3_MINIMUM" version="$3_VERSION" wheel="$3_WHEEL" hash="$3_SHA256"
    tool_is_there "$command" "${!minimum}" && return
    mkdir -p "$TOOLS/bin"
    if [[ -n ${!wheel:-} ]] && can_use_wheels; then
        say "installing $command ${!version} into ${TOOLS#"$PWD"/}"
        install_from_wheel "$command" "${!wheel}" "${!version}" "${!hash}"
    elif crate_is_rust "$crate" && command -v cargo >/dev/null; then
        say "building $command ${!version} into ${TOOLS#"$PWD"/} (about a minute or more)"
        cargo install --quiet --locked --root "$TOOLS" "$crate@${!version}"
    else
        need_debian "$command ${!minimum} or newer" "$command"
    fi
    hash -r
}

# Cargo's subcommands print their version only when called as cargo calls them.
tool_is_there() {
    case "$1" in
    cargo-machete) at_least "$2" "$1" --version ;;
    cargo-*) at_least "$2" "$1" "${1#cargo-}" --version ;;
    *) at_least "$2" "$1" --version ;;
    esac
}

crate_is_rust() { [[ $1 == just || $1 == cargo-* ]]; }

# The wheels are pinned for this platform only.
can_use_wheels() {
    [[ $(uname -s) == Linux && $(uname -m) == x86_64 ]] || return 1
    [[ $(getconf GNU_LIBC_VERSION 2>/dev/null) == glibc* ]] || return 1
    python3 -m pip --version >/dev/null 2>&1 && return
    need_debian 'Python 3 with pip' python3 python3-pip
    python3 -m pip --version >/dev/null 2>&1
}

# unpack_wheel NAME VERSION SHA256: prints the folder that holds the wheel's files.
unpack_wheel() {
    local folder wheel
    mkdir -p "$TOOLS"
    folder=$(mktemp -d "$TOOLS/unpack.XXXXXX")
    python3 -m pip --disable-pip-version-check download --quiet --no-deps --only-binary=:all: \
        --platform manylinux_2_28_x86_64 --platform manylinux_2_17_x86_64 --platform manylinux2014_x86_64 \
        --python-version 3.11 --implementation cp --abi cp311 --abi none --dest "$folder" "$1==$2" >&2
    wheel=$(find "$folder" -name '*.whl')
    if ! sha256sum --check --status <<<"$3  $wheel"; then
        say "the download of $1 $2 does not have the pinned hash: refused"
        rm -rf "$folder"
        return 1
    fi
    python3 -m zipfile -e "$wheel" "$folder"
    rm "$wheel"
    printf '%s\n' "$folder"
}

install_from_wheel() {
    local command=$1 folder
    folder=$(unpack_wheel "$2" "$3" "$4")
    install -m 0755 "$(find "$folder" -type f -name "$command" -print -quit)" "$TOOLS/bin/$command"
    rm -rf "$folder"
}
