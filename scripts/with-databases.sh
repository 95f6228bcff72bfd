#!/usr/bin/env bash
# Runs a command with a PostgreSQL, a MariaDB and a Redis of its own, each with a data directory and a port of its own, and
# a Python that has their clients. What is missing is installed: Debian's packages, and the clients into a virtual
# environment. All of it is ended after the command. Usage: scripts/with-databases.sh <command> [args...]
set -euo pipefail

home=$(mktemp -d /tmp/drain-check-databases-XXXXXX)
chmod 755 "$home"
pids=()
finish() {
  for pid in "${pids[@]}"; do kill -TERM "$pid" 2>/dev/null || true; done
  for pid in "${pids[@]}"; do wait "$pid" 2>/dev/null || true; done
  rm -rf "$home" 2>/dev/null || true
}
trap finish EXIT

postgres_bin() { ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1; }
missing=()
[ -n "$(postgres_bin)" ] || missing+=(postgresql)
command -v mariadbd >/dev/null || [ -x /usr/sbin/mariadbd ] || missing+=(mariadb-server)
command -v redis-server >/dev/null || missing+=(redis-server)
python3 -c 'import ensurepip' 2>/dev/null || missing+=(python3-venv)
if [ ${#missing[@]} -gt 0 ]; then
  sudo=$([ "$(id -u)" = 0 ] || echo sudo)
  $sudo apt-get update -qq
  # The package starts a cluster of its own where services are started at all; nobody here needs it.
  DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
fi

free_port() {
  node -e 'const s=require("node:net").createServer().listen(0,"127.0.0.1",()=>{console.log(s.address().port);s.close()})'
}
until_up() {
  for _ in $(seq 300); do
    if "$@" >/dev/null 2>&1; then return; fi
    sleep 0.1
  done
  echo "A database did not start:" >&2
  tail -n 20 "$home"/*.log >&2
  exit 1
}

# PostgreSQL refuses to run as root.
as() {
  local user=$1
  shift
  if [ "$(id -u)" = 0 ]; then setpriv --reuid "$user" --regid "$user" --clear-groups "$@"; else "$@"; fi
}
# The same for what is left running: it takes the place of the shell that began it, so that its pid is the one to be ended.
serve_as() {
  local user=$1
  shift
  if [ "$(id -u)" = 0 ]; then exec setpriv --reuid "$user" --regid "$user" --clear-groups "$@"; else exec "$@"; fi
}
own() { if [ "$(id -u)" = 0 ]; then chown "$1:" "$2"; fi; }

bin=$(postgres_bin)
port=$(free_port)
mkdir "$home/postgres"
own postgres "$home/postgres"
as postgres "$bin/initdb" -D "$home/postgres/data" -U drain -A trust >"$home/initdb.log" 2>&1
serve_as postgres "$bin/postgres" -D "$home/postgres/data" -p "$port" -h 127.0.0.1 -k "$home/postgres" -c fsync=off \
  >"$home/postgres.log" 2>&1 &
pids+=($!)
export DRAIN_CHECK_POSTGRES_URL="postgres://drain:s3cret-of-postgres@127.0.0.1:$port/postgres"
postgres_port=$port

mariadbd=$(command -v mariadbd || echo /usr/sbin/mariadbd)
port=$(free_port)
mkdir "$home/mariadb"
own mysql "$home/mariadb"
as mysql mariadb-install-db --no-defaults --datadir="$home/mariadb/data" --auth-root-authentication-method=normal \
  >"$home/mariadb-install.log" 2>&1
cat >"$home/mariadb.sql" <<SQL
CREATE USER IF NOT EXISTS 'drain'@'%' IDENTIFIED BY 's3cret-of-mariadb';
GRANT ALL ON *.* TO 'drain'@'%';
SQL
chmod 644 "$home/mariadb.sql"
serve_as mysql "$mariadbd" --no-defaults --datadir="$home/mariadb/data" --port="$port" --bind-address=127.0.0.1 \
  --socket="$home/mariadb/socket" --pid-file="$home/mariadb/pid" --skip-name-resolve --init-file="$home/mariadb.sql" \
  >"$home/mariadb.log" 2>&1 &
pids+=($!)
export DRAIN_CHECK_MARIADB_URL="mysql://drain:s3cret-of-mariadb@127.0.0.1:$port/test"
mariadb_port=$port

port=$(free_port)
redis-server --port "$port" --bind 127.0.0.1 --save '' --appendonly no --dir "$home" --requirepass s3cret-of-redis \
  >"$home/redis.log" 2>&1 &
pids+=($!)
export DRAIN_CHECK_REDIS_URL="redis://:s3cret-of-redis@127.0.0.1:$port/0"

python3 -m venv "$home/venv"
"$home/venv/bin/pip" install --quiet --disable-pip-version-check \
  --requirement fixtures/services/python/requirements.txt 'redis>=5,<8'
export DRAIN_CHECK_PYTHON="$home/venv/bin/python"

until_up "$bin/pg_isready" -h 127.0.0.1 -p "$postgres_port"
# The queue of the fixtures that take their jobs from a table; it is asked before any of them has begun.
"$bin/psql" -q -h 127.0.0.1 -p "$postgres_port" -U drain -d postgres \
  -c "CREATE TABLE jobs (id text PRIMARY KEY, queue text, state text)"
until_up mariadb --no-defaults -h 127.0.0.1 -P "$mariadb_port" -u drain -ps3cret-of-mariadb -e 'SELECT 1'
until_up redis-cli -p "$port" -a s3cret-of-redis ping

"$@"
