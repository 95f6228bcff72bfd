#!/usr/bin/env bash
# Runs a command where there is a Chromium; Debian's is installed where there is none.
set -euo pipefail
if [ -z "${CHROMIUM:-}" ] && ! command -v chromium >/dev/null && ! command -v google-chrome >/dev/null; then
  export DEBIAN_FRONTEND=noninteractive
  as_root=$([ "$(id -u)" = 0 ] || echo sudo)
  $as_root apt-get update -qq
  $as_root apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core >/dev/null
fi
exec "$@"
