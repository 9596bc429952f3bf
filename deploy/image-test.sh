#!/usr/bin/env bash
# Hookline: webhooks in, WhatsApp out.
# SPDX-License-Identifier: Apache-2.0
#
# Tries the image of deploy/Containerfile, with the package of deb.sh instead of one that is built in it: image-test.sh FOLDER
#
# FOLDER has the package hookline_*.deb and SHA256SUMS. Where no registry is reached, debootstrap makes the Debian beneath. The image runs as it is meant
# to: read-only, as user 10001, without capabilities, in no network but one with the sandbox. A signed event becomes a message; the
# health check follows the service, its process and its store; SIGTERM ends it in time. Then the same on a PostgreSQL, without a
# volume. Needs root and podman; DEBIAN_MIRROR names another mirror.
set -euo pipefail
cd "$(dirname "$0")/.."

packages=$(realpath "$1")
release=bookworm
mirror=${DEBIAN_MIRROR:-$(apt-get indextargets --format '$(SITE)' 'Created-By: Packages' | sed -n 1p)}
work=$(mktemp -d)
image=localhost/hookline-test:$$
names=("sandbox-$$" "service-$$")

clean_up() {
    # Also what was stopped; by name, these are ours alone.
    podman rm --force --time 0 "${names[@]}" >/dev/null 2>&1 || true
    podman rmi --force "$image" >/dev/null 2>&1 || true
    [ ! -e "$work/postgres/data/postmaster.pid" ] || postgres stop >/dev/null || true
    rm -rf "$work"
}
trap clean_up EXIT

step() { printf '\n%s\n' "$*"; }
fail() {
    echo "image-test: $*" >&2
    podman logs "${names[1]}" >&2 || true
    exit 1
}

# What a machine of tests may lack: a runtime that knows its control groups, limits above the container's.
run=(podman --log-level fatal run --network "container:${names[0]}" --read-only --cap-drop all --security-opt no-new-privileges --tmpfs /tmp
    --ulimit nofile=16384:16384 --ulimit nproc=4096:4096)
! command -v runc >/dev/null || run=(podman --runtime runc "${run[@]:1}")

# `podman healthcheck` asks once; three failures in a row make it unhealthy.
health() { podman container inspect --format '{{.State.Health.Status}}' "${names[1]}"; }
becomes() { # STATUS WHY
    for _ in $(seq 60); do
        podman healthcheck run "${names[1]}" >"$work/health" 2>&1 || true
        [ "$(health)" != "$1" ] || { echo "$1: $2"; return; }
        sleep 1
    done
    fail "is $(health) and not $1: $2: $(cat "$work/health")"
}
ask() { podman exec "${names[1]}" hookline doctor --ready --config /etc/hookline/hookline.yaml; }

ends() { # within SECONDS
    local begun=$SECONDS
    podman --log-level fatal stop --time 60 "${names[1]}" >/dev/null
    local took=$((SECONDS - begun)) code
    code=$(podman inspect --format '{{.State.ExitCode}}' "${names[1]}")
    [ "$code" = 0 ] && [ "$took" -le "$1" ] || fail "SIGTERM ended it with $code after $took s"
    echo "SIGTERM ended it with 0 after $took s"
}

# The service of a folder with its configuration, beside the sandbox; MORE goes to podman. Its health is asked by us alone, since podman
# has systemd ask it.
serve() { # FOLDER [MORE …]
    local folder=$1
    shift
    podman rm --force --time 0 "${names[1]}" >/dev/null 2>&1 || true
    "${run[@]}" --detach --name "${names[1]}" --health-interval disable --health-start-period 0s --volume "$folder:/etc/hookline:ro" --volume "$work/secrets:/run/secrets:ro" "$@" "$image" >/dev/null
}

post() {
    podman exec "${names[1]}" hookline post --config /etc/hookline/hookline.yaml --source razorpay --follow \
        /usr/share/hookline/rules/samples/razorpay/payment.captured.json | tee "$work/post"
    podman exec "${names[1]}" hookline messages list --config /etc/hookline/hookline.yaml --json >"$work/messages"
    grep -q '"state": "accepted"' "$work/messages" || fail "no message was accepted: $(cat "$work/messages")"
}

configure() { # FOLDER STORE
    mkdir -p "$1/rules"
    cp rules/razorpay.yaml "$1/rules/"
    cat >"$1/hookline.yaml" <<CONFIGURATION
listen: 0.0.0.0:8080
admin: {listen: "0.0.0.0:8081"}
store: $2
accounts:
  main: {base_url: "http://127.0.0.1:9090/api/v1/public", api_key: credential:partner-api-key, api_secret: credential:partner-api-secret}
sources:
  razorpay: {preset: razorpay, secrets: [credential:razorpay-webhook-secret], country: IN}
shutdown_delay: 2s
CONFIGURATION
}

postgres() { # start | stop
    runuser -u postgres -- /usr/lib/postgresql/15/bin/pg_ctl --wait --mode fast --pgdata "$work/postgres/data" \
        --options "-c listen_addresses='' -c unix_socket_directories=$work/postgres/socket" --log "$work/postgres/log" "$1" >/dev/null
}

step "1. The files for Compose"
(
    cd deploy
    # Compose wants to find what it mounts.
    for file in compose.yaml compose-cluster.yaml; do
        docker-compose --project-directory "$PWD" --file "$file" config --quiet
        echo "$file"
    done
)

step "2. A Debian ($release)"
if podman pull --quiet "docker.io/library/debian:$release-slim" >/dev/null 2>&1; then
    base=docker.io/library/debian:$release-slim
else
    base=localhost/hookline-test-base:$release
    if ! podman image exists "$base"; then
        debootstrap --variant=minbase "$release" "$work/base" "$mirror" >"$work/debootstrap.log" 2>&1 ||
            { tail -20 "$work/debootstrap.log" >&2; exit 1; }
        tar --directory "$work/base" --exclude './proc/*' --exclude './sys/*' --exclude './dev/*' --create . | podman import --quiet - "$base" >/dev/null
        rm -rf "$work/base"
    fi
fi
echo "$base"

step "3. The image, with $(basename "$packages"/hookline_*.deb)"
IMAGE_TOOL=podman deploy/image.sh "$image" --isolation chroot --network host --build-context package="$packages" --build-arg BASE="$base" \
    >"$work/build.log" 2>&1 || { tail -30 "$work/build.log" >&2; exit 1; }
podman inspect --format 'user {{.User}}, {{.Size}} bytes, ends by {{.Config.StopSignal}}, volumes {{len .Config.Volumes}}' "$image"
[ "$(podman inspect --format '{{.User}} {{.Config.StopSignal}} {{len .Config.Volumes}}' "$image")" = "10001:10001 SIGTERM 0" ]
podman inspect --format '{{json .Labels}}' "$image" | grep -q '"org.opencontainers.image.revision":"'"$(git rev-parse HEAD)"'"'
podman image inspect "$image" | grep -q -- '"--ready"'

step "4. A signed event becomes a message, read-only, as user 10001"
mkdir -p "$work/secrets"
printf 'pk_sandbox000000000000000000000000000000000' >"$work/secrets/partner-api-key"
printf 'sk_sandbox_not_a_secret' >"$work/secrets/partner-api-secret"
printf 'image-test-secret' >"$work/secrets/razorpay-webhook-secret"
chmod 755 "$work"
chown -R 10001:10001 "$work/secrets" && chmod 500 "$work/secrets"
configure "$work/file" sqlite:/var/lib/hookline/hookline.db
mkdir -m 700 "$work/state" && chown 10001:10001 "$work/state"
"${run[@]/container:${names[0]}/none}" --detach --name "${names[0]}" --no-healthcheck "$image" sandbox >/dev/null
serve "$work/file" --volume "$work/state:/var/lib/hookline"
becomes healthy "the service listens"
podman exec "${names[1]}" sh -c 'id; ! touch /tried 2>&1'
[ "$(podman exec "${names[1]}" id -u)" = 10001 ]
post

step "5. A process that stands still is not healthy"
process=$(podman inspect --format '{{.State.Pid}}' "${names[1]}")
kill -STOP "$process"
becomes unhealthy "the process stands still"
kill -CONT "$process"
becomes healthy "it goes on"
begun=$(date +%s%N)
ask
echo "the health check took $((($(date +%s%N) - begun) / 1000000)) ms, podman's share in it"
ends 15

step "6. The same on a PostgreSQL, without a volume"
mkdir -p "$work/postgres/socket" && chown -R postgres "$work/postgres" && chmod 755 "$work/postgres" "$work/postgres/socket"
runuser -u postgres -- /usr/lib/postgresql/15/bin/initdb --auth trust --encoding UTF8 --pgdata "$work/postgres/data" >/dev/null
postgres start
runuser -u postgres -- psql --quiet --host "$work/postgres/socket" --command 'CREATE ROLE hookline LOGIN' --command 'CREATE DATABASE hookline OWNER hookline' postgres
configure "$work/shared" "postgres://hookline@/hookline?host=/run/postgres"
serve "$work/shared" --volume "$work/postgres/socket:/run/postgres" --env STATE_DIRECTORY=/tmp
becomes healthy "the service listens"
post
postgres stop
becomes unhealthy "its store is gone"
ask || true
postgres start
becomes healthy "its store is back"
ends 15
echo
echo "the image does what it should"
