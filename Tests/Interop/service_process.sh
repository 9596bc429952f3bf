#!/usr/bin/env bash
# Hookline: webhooks in, WhatsApp out.
# SPDX-License-Identifier: Apache-2.0
#
# Runs a command against a service of its own: service_process.sh HOOKLINE COMMAND ARGUMENT...
# Every {} in the arguments becomes the address of its inner listener, such as http://127.0.0.1:40123, every {HOOKS} that of
# its outer one, and every {TOKEN} a token of its admin API that may do everything. The service has a few events with messages, and a sandbox for its partner;
# both end with the command, whose exit code is this one's.
set -euo pipefail

hookline=$(realpath "$1")
shift
folder=$(mktemp -d)
processes=()
end() {
    for process in "${processes[@]}"; do
        kill "$process" 2>/dev/null || true
        wait "$process" 2>/dev/null || true
    done
    rm -rf "$folder"
}
trap end EXIT

# A program says on a line of its own where it listens; `tail --pid` ends when it does. The log is there before it begins.
address() { # PROCESS LOG NAME
    timeout 60 tail -n +1 -f --pid="$1" "$2" | sed -nu "s/.*$3: listening on \(.*\)$/\1/p;T;q" || true
}

: >"$folder/sandbox.log" >"$folder/log"
"$hookline" sandbox --port 0 >"$folder/sandbox.log" 2>&1 &
processes+=($!)
partner=$(address $! "$folder/sandbox.log" sandbox)

mkdir "$folder/rules"
cat >"$folder/hookline.yaml" <<YAML
listen: 127.0.0.1:0
admin: {listen: 127.0.0.1:0, rate: 60000/s}
store: sqlite:hookline.db
rules: rules
sources:
  shop: {preset: generic, verify: {scheme: none}, country: IN, event_type: body.type, event_id: body.id}
accounts:
  main:
    base_url: http://$partner/api/v1/public
    api_key: pk_sandbox000000000000000000000000000000000
    api_secret: sk_sandbox_not_a_secret
YAML
cat >"$folder/rules/shop.yaml" <<'YAML'
version: 1
source: shop
rules:
  - name: paid
    event: order.paid
    to: "{{ phone }}"
    delay: 1h
    send: {text: "Order {{ id }} is paid."}
  - name: offer
    event: order.offer
    to: "{{ phone }}"
    delay: 2h
    send:
      template: festive_offer
      variables: {1: "{{ name }}", 2: "20 %", 3: our regulars, 4: winter}
YAML
token=$("$hookline" tokens create --config "$folder/hookline.yaml" --name interop --scope admin --pii --json |
    sed -n 's/.*"token": "\(.*\)".*/\1/p')
"$hookline" serve --config "$folder/hookline.yaml" >"$folder/log" 2>&1 &
processes+=($!)

hooks=$(address $! "$folder/log" hooks)
admin=$(address $! "$folder/log" admin)
if [ -z "$hooks" ] || [ -z "$admin" ]; then
    echo "the service did not start:" >&2
    cat "$folder/log" >&2
    exit 1
fi
for id in 1 2 3; do
    curl -fsS -o /dev/null -H 'Content-Type: application/json' "http://$hooks/hooks/shop" \
        -d "{\"id\": \"$id\", \"type\": \"order.paid\", \"phone\": \"919845061237\"}"
done
# The templates are there once the sandbox has told them.
curl -fsS --retry 10 -o /dev/null -H "Authorization: Bearer $token" "http://$admin/api/v1/templates"

arguments=()
for argument in "$@"; do
    argument=${argument//\{TOKEN\}/$token}
    argument=${argument//\{HOOKS\}/http://$hooks}
    arguments+=("${argument//\{\}/http://$admin}")
done
"${arguments[@]}"
