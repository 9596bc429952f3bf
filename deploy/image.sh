#!/usr/bin/env bash
# Hookline: webhooks in, WhatsApp out.
# SPDX-License-Identifier: Apache-2.0
#
# Builds the image of deploy/Containerfile with podman or docker, whichever is there: image.sh [NAME [MORE …]]
#
# NAME is hookline:VERSION if left out, MORE goes to the builder. IMAGE_TOOL names another program.
set -euo pipefail
cd "$(dirname "$0")/.."

version=$(sed -n 's/.*static let number = "\(.*\)".*/\1/p' Sources/ServiceConfiguration/Settings.swift)
name=${1:-hookline:$version}
shift || true
tool=${IMAGE_TOOL:-$(command -v podman || command -v docker || true)}
[ -n "$tool" ] || { echo "image: neither podman nor docker is here" >&2; exit 69; }
# Podman's own form of images knows no health check.
format=()
[[ "$(basename "$tool")" != podman ]] || format=(--format docker)
"$tool" build "${format[@]}" --file deploy/Containerfile --tag "$name" \
    --build-arg VERSION="$version" --build-arg REVISION="$(git rev-parse HEAD)" \
    --build-arg SOURCE_DATE_EPOCH="$(git log -1 --format=%ct)" "$@" .
echo "image: $name"
