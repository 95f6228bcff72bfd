#!/usr/bin/env bash
# Builds and installs the servers of fixtures/services, side by side, into fixtures/services/built, and writes there which of
# them can be played (available.json). What a machine has no toolchain for is left out and counted; with CI=true that is a
# failure. Packages of Debian are installed where apt-get is there and allowed.
set -uo pipefail
cd "$(dirname "$0")/../fixtures/services"
mkdir -p built
logs=$(mktemp -d)
trap 'rm -rf "$logs"' EXIT

has() { command -v "$1" >/dev/null 2>&1; }

python() {
  has python3 || return 2
  [ -x built/venv/bin/python ] || python3 -m venv built/venv || return 2
  built/venv/bin/pip install --quiet --disable-pip-version-check --requirement python/requirements.txt
}
go() {
  has go || return 2
  (cd go && command go build -o ../built/go-service .)
}
node() { [ -d ../../node_modules/express ] && [ -d ../../node_modules/fastify ] || return 2; }
java() {
  has javac || return 2
  javac -d built/java java/Plain.java
}
spring() {
  has mvn && has javac || return 2
  (cd spring && mvn -q -B -DskipTests package) && cp spring/target/spring-service-1.jar built/spring-service.jar
}
rust() {
  has cargo || return 2
  (cd rust && CARGO_TARGET_DIR=../built/rust cargo build --quiet --release --locked)
}
nginx() { PATH=$PATH:/usr/sbin has nginx || return 2; }
puma() { has puma || return 2; }

# What is of Debian is installed first and at once: its lock is taken by one only.
packages=()
PATH=$PATH:/usr/sbin has nginx || packages+=(nginx-light)
has puma || packages+=(puma)
has python3 && { python3 -c 'import ensurepip' 2>/dev/null || packages+=(python3-venv); }
has mvn || packages+=(maven)
if [ ${#packages[@]} -gt 0 ] && has apt-get; then
  sudo=$([ "$(id -u)" = 0 ] || echo sudo -n)
  {
    $sudo apt-get update -qq
    # nginx would be started on port 80 where services are started at all; nobody here needs that one.
    DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -qq --no-install-recommends "${packages[@]}"
  } >"$logs/apt" 2>&1 || tail -n 5 "$logs/apt" >&2
fi

parts=(python go node java spring rust nginx puma)
declare -A pids
for part in "${parts[@]}"; do
  "$part" >"$logs/$part" 2>&1 &
  pids[$part]=$!
done
available=()
missing=0
broken=0
for part in "${parts[@]}"; do
  wait "${pids[$part]}"
  case $? in
    0) available+=("\"$part\"") ;;
    2)
      missing=$((missing + 1))
      echo "$part: left out, its toolchain is not here"
      ;;
    *)
      broken=$((broken + 1))
      echo "$part: could not be built"
      tail -n 20 "$logs/$part"
      ;;
  esac
done
(
  IFS=,
  echo "[${available[*]}]" >built/available.json
)
echo "${#available[@]} parts ready, $missing left out, $broken broken"
if [ $broken -gt 0 ] || { [ $missing -gt 0 ] && [ "${CI:-}" = true ]; }; then exit 1; fi
