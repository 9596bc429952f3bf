#!/usr/bin/env bash
# Hookline: webhooks in, WhatsApp out.
# SPDX-License-Identifier: Apache-2.0
#
# Runs run.sh beside another command, such as the building of the tests, and says what it said when both are done:
#   beside.sh HOOKLINE FOLDER COMMAND …
# Ends with 1 when one of the two failed.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
hookline=$1 folder=$2
shift 2
mkdir -p "$folder"

# A process group of its own, so that what it started can be ended with it.
set -m
"$here/run.sh" "$hookline" "$folder" >"$folder/run.log" 2>&1 &
interop=$!
set +m
# Where the command fails, or is interrupted, what runs beside it ends too, with its servers.
trap 'kill -TERM -- "-$interop" 2>/dev/null || true' EXIT
"$@"
wait "$interop" || { cat "$folder/run.log"; echo "interop: failed"; exit 1; }
cat "$folder/run.log"
