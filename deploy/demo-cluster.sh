#!/usr/bin/env bash
# Hookline: webhooks in, WhatsApp out.
# SPDX-License-Identifier: Apache-2.0
#
# Shows several nodes on one store, on this machine: a PostgreSQL of its own in a temporary folder, the partner's sandbox,
# three nodes and nginx in front of them. Posts signed orders, kills a node (SIGKILL) on the way, waits until every message
# was accepted, accounts for each of them, and cleans up.
#
#   deploy/demo-cluster.sh [HOOKLINE [ORDERS]]
set -euo pipefail
cd "$(dirname "$0")/.."
. deploy/demo-functions.sh

hookline=$(realpath "${1:-.build/debug/hookline}")
orders=${2:-120}
kill_at=$((orders / 3))
folder=$(mktemp -d /tmp/hookline-cluster.XXXXXX)
chmod 755 "$folder"
pids=()
postgres=$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -1)
# PostgreSQL refuses to be root.
as=()
[ "$(id -u)" -ne 0 ] || as=(setpriv --reuid=postgres --regid=postgres --init-groups --)

clean_up() {
    for pid in "${pids[@]}"; do kill -TERM "$pid" 2>/dev/null || true; done
    for pid in "${pids[@]}"; do wait "$pid" 2>/dev/null || true; done
    (cd "$folder" && "${as[@]}" "$postgres/pg_ctl" -D "$folder/pg/data" -m immediate stop >/dev/null 2>&1) || true
    rm -rf "$folder"
}
trap clean_up EXIT

step "1. A PostgreSQL of its own"
mkdir "$folder/pg"
[ "$(id -u)" -ne 0 ] || chown postgres "$folder/pg"
(
    cd "$folder/pg"
    "${as[@]}" "$postgres/initdb" -D data -U hookline -A trust -E UTF8 --locale=C.UTF-8 --no-instructions >initdb.log
    "${as[@]}" "$postgres/pg_ctl" -D data -l log -w -o "-c listen_addresses='' -k $folder/pg" start >/dev/null
)
export CLUSTER_STORE="postgres://hookline@/postgres?host=$folder/pg"
echo "   on a socket in $folder/pg"

step "2. The partner's sandbox"
"$hookline" sandbox --port 0 >"$folder/sandbox.log" 2>&1 &
pids+=($!)
sandbox=$(address_of "$folder/sandbox.log" "sandbox: listening on" $!)
export SANDBOX_URL="http://$sandbox/api/v1/public"
echo "   $SANDBOX_URL"

step "3. Three nodes on that store"
export ORDERS_SECRET="demo-$RANDOM$RANDOM$RANDOM"
cp -r deploy/demo-cluster/. "$folder/"
config=(--config "$folder/hookline.yaml")
export NODE_PORT=0 NODE_ADMIN_PORT=0
nodes=() node_pids=()
for number in 1 2 3; do
    "$hookline" serve "${config[@]}" >"$folder/node$number.log" 2>&1 &
    pids+=($!) node_pids+=($!)
    nodes+=("$(address_of "$folder/node$number.log" "hooks: listening on" $!)")
    echo "   node $number: http://${nodes[-1]}"
done

step "4. nginx in front of them"
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
mkdir "$folder/nginx"
cat >"$folder/nginx/nginx.conf" <<NGINX
daemon off;
pid $folder/nginx/pid;
error_log $folder/nginx/error.log;
events { worker_connections 256; }
http {
    access_log off;
    client_body_temp_path $folder/nginx/body;
    proxy_temp_path $folder/nginx/proxy;
    fastcgi_temp_path $folder/nginx/fastcgi;
    uwsgi_temp_path $folder/nginx/uwsgi;
    scgi_temp_path $folder/nginx/scgi;
    upstream hookline { $(printf 'server %s max_fails=1 fail_timeout=2s; ' "${nodes[@]}") }
    server {
        listen 127.0.0.1:$port;
        # A node that is gone never had the request. One that vanished amid a request is not asked again here: senders repeat.
        location / { proxy_pass http://hookline; proxy_set_header Host \$host; proxy_next_upstream error; }
    }
}
NGINX
nginx -c "$folder/nginx/nginx.conf" -e "$folder/nginx/error.log" &
pids+=($!)
front="http://127.0.0.1:$port/hooks/orders"
until curl -s -o /dev/null "http://127.0.0.1:$port/"; do kill -0 "${pids[-1]}"; sleep 0.1; done
echo "   $front"

step "5. $orders signed orders; node 2 is killed at order $kill_at"
# As a sender does: what was not answered with 2xx comes again, with the same id.
repeats=0
for ((number = 1; number <= orders; number++)); do
    if [ "$number" -eq "$kill_at" ]; then
        disown "${node_pids[1]}"
        kill -KILL "${node_pids[1]}"
        echo "   node 2 is dead"
    fi
    body="{\"id\": \"order-$number\", \"type\": \"order.placed\", \"number\": $number, \"phone\": \"98$((10000000 + number))\"}"
    signature=$(printf %s "$body" | openssl dgst -sha256 -hmac "$ORDERS_SECRET" -hex | sed 's/.* //')
    until curl -fs -o /dev/null --max-time 10 -H 'Content-Type: application/json' -H "X-Signature: $signature" \
        --data-binary "$body" "$front"; do
        repeats=$((repeats + 1))
        [ "$repeats" -lt 200 ] || { echo "demo-cluster: orders are not taken" >&2; tail -5 "$folder"/node*.log >&2; exit 1; }
        sleep 0.2
    done
done
echo "   all answered with 2xx; $repeats had to be sent again"

step "6. Until the partner has every message"
# What node 2 was sending when it died is taken over by another node when its claims have run out, two minutes later.
deadline=$((SECONDS + 300))
while :; do
    open=0
    for state in scheduled queued sending retrying uncertain deferred; do
        list=$("$hookline" messages list "${config[@]}" --state "$state" --limit 500 --json)
        found=$(grep -c '"id": "msg_' <<<"$list" || true)
        open=$((open + found))
    done
    [ "$open" -gt 0 ] || break
    [ "$SECONDS" -lt "$deadline" ] || { echo "demo-cluster: $open messages still wait" >&2; exit 1; }
    [ "$open" = "${told:-}" ] || echo "   $open on their way"
    told=$open
    sleep 2
done

step "7. The account"
curl -fs "http://$sandbox/sandbox/messages" |
    python3 -c 'import json, sys; [print(message["text"].split()[-1].rstrip(".")) for message in json.load(sys.stdin)]' |
    sort -n >"$folder/received"
distinct=$(uniq "$folder/received" | wc -l)
echo "   orders answered with 2xx:           $orders"
echo "   customers who got their message:    $distinct"
echo "   of these twice, as nobody can know: $(uniq -d "$folder/received" | wc -l)"
for number in $(uniq -d "$folder/received"); do
    list=$("$hookline" messages list "${config[@]}" --to "+9198$((10000000 + number))" --json)
    story=$("$hookline" messages show "${config[@]}" "$(grep -o -m1 'msg_[0-9A-Z]*' <<<"$list")")
    grep -m1 uncertain <<<"$story" ||
        { echo "demo-cluster: order $number came twice, and its timeline does not say that it might" >&2; exit 1; }
done
[ "$distinct" -eq "$orders" ] || { echo "demo-cluster: $((orders - distinct)) messages were lost" >&2; exit 1; }
step "Nothing was lost. Cleaning up."
