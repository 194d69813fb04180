# Starts and stops the throw-away servers. Sourced by infra/services, which sets REPO, ROOM, SERVERS and COMMAND.
# shellcheck shell=bash

say() { printf 'infra/services: %s\n' "$*" >&2; }

die() {
    say "$*"
    exit 69
}

free_port() {
    node -e 'const s=require("net").createServer().listen(0,"127.0.0.1",()=>{console.log(s.address().port);s.close()})'
}

random_hex() { od -An -N16 -tx1 /dev/urandom | tr -d ' \n'; }

# wait_until_ready PID LOG COMMAND...: polls the command until it succeeds, for 30 seconds at most.
wait_until_ready() {
    local pid=$1 log=$2 deadline=$((SECONDS + 30))
    shift 2
    until "$@" >/dev/null 2>&1; do
        if ! kill -0 "$pid" 2>/dev/null || [[ $SECONDS -ge $deadline ]]; then
            tail -n 20 "$log" >&2
            die "a server did not become ready: $*"
        fi
        sleep 0.05
    done
}

# What this script starts is told to stop when the script dies, even by KILL, where the system can do that.
LEASH=()
[[ $(uname -s) == Linux ]] && command -v setpriv >/dev/null && LEASH=(setpriv --pdeathsig INT --)

# start_server LOG COMMAND...: in a process group of its own, so that Ctrl-C at a terminal does not stop a server before
# the command that uses it. Sets SERVER to the server's process id.
start_server() {
    local log=$1
    shift
    set -m
    "$@" </dev/null >>"$log" 2>&1 &
    SERVER=$!
    set +m
    SERVERS+=("$SERVER")
}

postgres_folder() {
    local own="$REPO/.data/tools/postgres-$POSTGRES_VERSION/bin" debian
    if [[ -x $own/postgres ]]; then
        printf '%s\n' "$own"
        return
    fi
    debian=$(find /usr/lib/postgresql -mindepth 3 -maxdepth 3 -path '*/bin/postgres' 2>/dev/null | sort -V | tail -n 1)
    [[ -n $debian ]] || return 1
    dirname "$debian"
}

# Postgres refuses to run as root: then it runs as a user who owns nothing else of ours. Sets AS_SERVER_USER and BIN.
choose_postgres_user() {
    AS_SERVER_USER=()
    [[ $EUID -eq 0 ]] || return 0
    local user=nobody
    getent passwd postgres >/dev/null && user=postgres
    AS_SERVER_USER=(setpriv "--reuid=$user" "--regid=$(id -g "$user")" --clear-groups --)
    # That user has to pass through the room, and to read binaries that may lie below a private home.
    chmod 0711 "$ROOM"
    chown -R "$user" "$ROOM/postgres"
    if ! "${AS_SERVER_USER[@]}" test -r "$BIN/postgres"; then
        cp -a "$(dirname "$BIN")" "$ROOM/postgres-binaries"
        BIN=$ROOM/postgres-binaries/bin
    fi
}

start_postgres() {
    local home=$ROOM/postgres log=$ROOM/postgres.log port password
    BIN=$(postgres_folder) || die 'no Postgres here: run infra/run install'
    password=$(random_hex)
    mkdir "$home"
    (umask 077 && printf '%s' "$password" >"$home/password")
    choose_postgres_user
    if ! (cd "$home" && "${AS_SERVER_USER[@]}" "$BIN/initdb" --pgdata="$home/data" --username=portal_test \
        --pwfile="$home/password" --auth=scram-sha-256 --encoding=UTF8 --locale=C.UTF-8 --no-sync) >"$log" 2>&1; then
        tail -n 20 "$log" >&2
        die 'initdb failed'
    fi
    port=$(free_port)
    start_server "$log" "${AS_SERVER_USER[@]}" "${LEASH[@]}" "$BIN/postgres" -D "$home/data" -p "$port" \
        -c listen_addresses=127.0.0.1 -c unix_socket_directories="$home" -c max_connections=200 -c fsync=off \
        -c synchronous_commit=off -c full_page_writes=off -c wal_level=minimal -c max_wal_senders=0
    # The file's last line says `ready` once connections are accepted.
    wait_until_ready "$SERVER" "$log" grep -q '^ready' "$home/data/postmaster.pid"
    export TEST_POSTGRES_URL="postgres://portal_test:$password@127.0.0.1:$port/postgres"
    say "$("$BIN/postgres" --version) on port $port"
}

start_redis() {
    local server port password log=$ROOM/redis.log
    server=$REPO/.data/tools/bin/redis-server
    [[ -x $server ]] || server=$(command -v redis-server) || die 'no Redis here: run infra/run install'
    mkdir "$ROOM/redis"
    port=$(free_port)
    password=$(random_hex)
    (umask 077 && cat >"$ROOM/redis.conf") <<CONF
bind 127.0.0.1
port $port
dir $ROOM/redis
requirepass $password
save ""
appendonly no
CONF
    start_server "$log" "${LEASH[@]}" "$server" "$ROOM/redis.conf"
    wait_until_ready "$SERVER" "$log" grep -qi 'ready to accept connections' "$log"
    export TEST_REDIS_URL="redis://:$password@127.0.0.1:$port"
    # For tests that have to stop and start a server of their own.
    export TEST_REDIS_SERVER=$server
    say "$("$server" --version | grep -oE '^Redis server v=[0-9.]+') on port $port"
}

stop_server() {
    local pid=$1 deadline=$((SECONDS + 10))
    # INT is Postgres' fast shutdown: it does not wait for clients. Redis takes it as a shutdown too.
    kill -INT "$pid" 2>/dev/null || return 0
    while kill -0 "$pid" 2>/dev/null; do
        if [[ $SECONDS -ge $deadline ]]; then
            kill -KILL "$pid" 2>/dev/null || true
            break
        fi
        sleep 0.05
    done
    wait "$pid" 2>/dev/null || true
}

finish() {
    local status=$1 pid
    trap - EXIT
    trap '' INT TERM HUP
    if [[ -n $COMMAND ]]; then
        kill -TERM -- "-$COMMAND" 2>/dev/null || true
        wait "$COMMAND" 2>/dev/null || true
    fi
    for pid in "${SERVERS[@]}"; do
        stop_server "$pid"
    done
    rm -rf "$ROOM"
    exit "$status"
}

interrupted() {
    if [[ -n $COMMAND ]]; then
        kill "-$1" -- "-$COMMAND" 2>/dev/null || true
        wait "$COMMAND" 2>/dev/null || true
        COMMAND=
    fi
    finish "$2"
}
