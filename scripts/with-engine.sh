#!/usr/bin/env bash
# Runs a command with a container engine: the one that answers, else one of its own that is started for it and ended after
# it. It installs Docker from Debian's packages where there is none. Usage: scripts/with-engine.sh <command> [args...]
set -euo pipefail

answers() { docker version --format '{{.Server.Version}}' >/dev/null 2>&1; }

if ! command -v dockerd >/dev/null && ! answers; then
  sudo=$([ "$(id -u)" = 0 ] || echo sudo)
  $sudo apt-get update -qq
  DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -qq --no-install-recommends docker.io >/dev/null
fi
if answers; then
  exec "$@"
fi

# A storage driver and a network that work in a sandbox too: containers of the tests share our network.
home=$(mktemp -d /tmp/drain-check-engine-XXXXXX)
export DOCKER_HOST="unix://$home/docker.sock"
dockerd --iptables=false --bridge=none --storage-driver=vfs --data-root "$home/data" --exec-root "$home/exec" \
  --pidfile "$home/docker.pid" --host "$DOCKER_HOST" >"$home/log" 2>&1 &
engine=$!
finish() {
  kill "$engine" 2>/dev/null || true
  wait "$engine" 2>/dev/null || true
  # It leaves the name of its network mounted.
  umount "$home"/exec/netns/* 2>/dev/null || true
  rm -rf "$home" 2>/dev/null || true
}
trap finish EXIT
for _ in $(seq 300); do
  if answers; then break; fi
  if ! kill -0 "$engine" 2>/dev/null; then break; fi
  sleep 0.1
done
if ! answers; then
  echo "The container engine did not start:" >&2
  tail -n 20 "$home/log" >&2
  exit 1
fi
"$@"
