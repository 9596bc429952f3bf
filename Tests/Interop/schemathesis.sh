#!/usr/bin/env bash
# Hookline: webhooks in, WhatsApp out.
# SPDX-License-Identifier: Apache-2.0
#
# Holds the sandbox against its OpenAPI description with schemathesis (PyPI): schemathesis.sh HOOKLINE
# Bounded and repeatable: a fixed seed, EXAMPLES requests per operation and phase (50 unless set), ten minutes at most.
# SCHEMATHESIS names the command where it is not in the PATH.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
"$here/sandbox_process.sh" "$1" timeout 600 "${SCHEMATHESIS:-schemathesis}" \
    --config-file "$here/schemathesis.toml" \
    run "{}/openapi.json" --url "{}/api/v1/public" \
    --header "apiKey: pk_sandbox000000000000000000000000000000000" --header "apiSecret: sk_sandbox_not_a_secret" \
    --seed 20260115 --max-examples "${EXAMPLES:-50}" --generation-database none --workers 1
