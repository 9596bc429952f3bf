#!/usr/bin/env bash
# Hookline: webhooks in, WhatsApp out.
# SPDX-License-Identifier: Apache-2.0
#
# Holds the admin API of a running service against its own OpenAPI document and its page: admin_api.sh HOOKLINE VENV
# openapi-spec-validator (PyPI) reads the document, the examples of docs/admin-api.md run, and schemathesis (PyPI) asks
# everything that is in the document, and much that is not. What takes tokens back is left out: it would take the one that
# asks; so is the stream, which has no end. Bounded and repeatable: a fixed seed, EXAMPLES requests per operation and phase (8 unless set), ten minutes at most.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
check=$(cat <<'SH'
set -euo pipefail
document=$(mktemp --suffix .json)
trap 'rm -f "$document"' EXIT
curl -fsS -o "$document" -H "Authorization: Bearer $3" "$2/api/v1/openapi.json"
"$1/bin/openapi-spec-validator" --schema 3.1 "$document"
export ADMIN=$2 TOKEN=$3
sed -n '/^```sh$/,/^```$/p' "$6" | grep -v -e '^```' -e '^hookline ' | bash -euo pipefail >/dev/null
timeout 600 "$1/bin/schemathesis" --config-file "$4" run "$document" --url "$2/api/v1" \
    --header "Authorization: Bearer $3" --exclude-path '/tokens/{id}/revoke' --exclude-path /stream \
    --seed 20260115 --max-examples "$5" --generation-database none --workers 1
SH
)
"$here/service_process.sh" "$1" bash -c "$check" admin_api "$2" "{}" "{TOKEN}" "$here/admin_api.toml" "${EXAMPLES:-8}" \
    "$here/../../docs/admin-api.md"
