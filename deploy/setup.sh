#!/usr/bin/env bash
# Hookline: webhooks in, WhatsApp out.
# SPDX-License-Identifier: Apache-2.0
#
# Installs the Debian packages that the build needs and that are not there yet; with the argument `test` those of the
# test command, too, with `cluster` those of `make demo-cluster`, with `chaos` those of `make chaos`, with `deb` those of
# `make deb`, with `image` those of `make image-test`. Asks nothing; uses sudo only where it is not root; does not touch the package
# lists when nothing is missing.
set -euo pipefail

packages=(
    libcurl4-openssl-dev # calls to the partner API
    libphonenumber-dev   # phone numbers
    libpq-dev            # PostgreSQL
    libsimdjson-dev      # JSON
    libsqlite3-dev       # the outbox
    libssl-dev           # digests, signatures and TLS
)
if [ "${1:-}" = test ]; then
    packages+=(
        curl jq nginx-light      # what the documentation's commands use
        openssl                  # certificates for the tests
        pgbouncer                # before nodes of tests, and one of the chaos run
        postgresql-15            # the tests start a PostgreSQL of their own
        sqlite3                  # a copy of the database, as the documentation makes it
        python3-venv             # the tests with other people's programs
        chromium chromium-driver # the test of the sandbox's page
    )
fi
if [ "${1:-}" = cluster ]; then
    packages+=(
        curl openssl  # post signed orders
        nginx-light   # in front of the nodes
        postgresql-15 # the store
        python3       # finds a free port
    )
fi
if [ "${1:-}" = chaos ]; then
    packages+=(
        pgbouncer     # before one of the nodes
        postgresql-15 # the store and its standby
        python3       # drives it
    )
fi

if [ "${1:-}" = deb ]; then
    packages+=(
        debhelper   # makes packages of files
        debootstrap # makes the Debian in which they are tried
        lintian     # judges them
        python3     # writes the pages of the manual
        systemd     # judges the unit
        systemd-container # runs it
    )
fi
if [ "${1:-}" = image ]; then
    packages+=(
        debootstrap                # makes the Debian beneath, where no registry is reached
        docker-compose             # judges the files for Compose
        podman buildah crun runc   # build and run it
        postgresql-15              # a store that can be taken away
    )
fi

missing=()
for package in "${packages[@]}"; do
    [ "$(dpkg-query -W -f '${Status}' "$package" 2>/dev/null || true)" = "install ok installed" ] || missing+=("$package")
done

if ! command -v swift >/dev/null; then
    echo "setup: the Swift toolchain (6.3 or newer) is not on the PATH; see https://www.swift.org/install/linux/" >&2
    exit 69
fi
[ ${#missing[@]} -eq 0 ] && exit 0

as_root=()
if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || { echo "setup: run as root, or install sudo, to install: ${missing[*]}" >&2; exit 77; }
    as_root=(sudo)
fi
echo "setup: installing ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
"${as_root[@]}" apt-get update -qq
"${as_root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
