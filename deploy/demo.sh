#!/usr/bin/env bash
# Hookline: webhooks in, WhatsApp out.
# SPDX-License-Identifier: Apache-2.0
#
# Shows the main job on this machine: starts the partner's sandbox and the service with the shipped rules, posts a
# signed Razorpay `payment.failed` and the `payment.captured` that follows it, follows the message about the payment until
# it was accepted, shows that nobody hears of the failure, and cleans up.
set -euo pipefail
cd "$(dirname "$0")/.."
. deploy/demo-functions.sh

hookline=${1:-.build/debug/hookline}
folder=$(mktemp -d)
pids=()

clean_up() {
    for pid in "${pids[@]}"; do kill -TERM "$pid" 2>/dev/null || true; done
    for pid in "${pids[@]}"; do wait "$pid" 2>/dev/null || true; done
    rm -rf "$folder"
}
trap clean_up EXIT

step "1. The partner's sandbox"
"$hookline" sandbox --port 0 >"$folder/sandbox.log" 2>&1 &
pids+=($!)
sandbox=$(address_of "$folder/sandbox.log" "sandbox: listening on" $!)
echo "   the partner API, locally: http://$sandbox"

step "2. The service, with the shipped rules"
export SANDBOX_URL="http://$sandbox/api/v1/public"
export RAZORPAY_WEBHOOK_SECRET="demo-$RANDOM$RANDOM$RANDOM"
export DEMO_STORE="sqlite:$folder/hookline.db"
"$hookline" serve --config deploy/demo.yaml >"$folder/service.log" 2>&1 &
pids+=($!)
service=$(address_of "$folder/service.log" "hooks: listening on" $!)
echo "   hooks: http://$service/hooks/razorpay"

step "3. A payment fails: its customer hears of it in a quarter of an hour"
"$hookline" post --config deploy/demo.yaml --source razorpay --to "http://$service/hooks/razorpay" \
    rules/samples/razorpay/payment.failed.json
"$hookline" messages list --config deploy/demo.yaml

step "4. Before that, the signed payment.captured of the same order arrives"
"$hookline" post --config deploy/demo.yaml --source razorpay --to "http://$service/hooks/razorpay" \
    --follow rules/samples/razorpay/payment.captured.json

step "5. So nobody hears of the failure"
"$hookline" messages list --config deploy/demo.yaml

step "6. Any other message type, by hand: a carousel"
"$hookline" send --config deploy/demo.yaml --body deploy/demo-carousel.json --show

step "7. The same in a browser"
admin=$(address_of "$folder/service.log" "admin: listening on" "${pids[1]}")
token=$("$hookline" tokens create --config deploy/demo.yaml --name demo --scope admin --pii --json |
    sed -n 's/.*"token": "\(.*\)".*/\1/p')
curl -fsS -o /dev/null "http://$admin/console/login"
echo "   the console: http://$admin/console/"
echo "   the token:   $token"
if [ -t 0 ] && [ -t 1 ]; then read -rp "   Look at it; Enter ends the demo and cleans up. " || true; fi
