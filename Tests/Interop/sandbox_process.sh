#!/usr/bin/env bash
# Hookline: webhooks in, WhatsApp out.
# SPDX-License-Identifier: Apache-2.0
#
# Runs a command against a sandbox of its own: sandbox_process.sh HOOKLINE COMMAND ARGUMENT...
# Every {} in the arguments becomes the sandbox's address, such as http://127.0.0.1:40123. The sandbox takes a free
# port and ends with the command; the exit code is the command's.
set -euo pipefail

hookline=$1
shift
log=$(mktemp)
"$hookline" sandbox --port 0 >"$log" 2>&1 &
sandbox=$!
trap 'kill "$sandbox" 2>/dev/null || true; wait "$sandbox" 2>/dev/null || true; rm -f "$log"' EXIT

# The command says on a line of its own where it listens; `tail --pid` ends when the sandbox does.
address=$(timeout 60 tail -n +1 -f --pid="$sandbox" "$log" | sed -nu 's/.*sandbox: listening on \(.*\)$/\1/p;T;q') || true
if [ -z "$address" ]; then
    echo "the sandbox did not start:" >&2
    cat "$log" >&2
    exit 1
fi
"${@//\{\}/http://$address}"
