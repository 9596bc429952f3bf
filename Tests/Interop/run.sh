#!/usr/bin/env bash
# Hookline: webhooks in, WhatsApp out.
# SPDX-License-Identifier: Apache-2.0
#
# The tests that drive the built command from outside, with other people's programs: run.sh HOOKLINE FOLDER
#   - the official libraries of senders sign requests for a running service,
#   - PyPI's newest phonenumbers judges a sample of random phone numbers, too,
#   - schemathesis holds the sandbox and the admin API against their OpenAPI descriptions,
#   - a service is restarted ten times under load, and refuses and loses nothing,
#   - every command and block of the documentation runs,
#   - the documentation is built as a site,
#   - what is rendered for Kubernetes is held against its own schemas, and wrong values are refused,
#   - promtool runs the tests of the alert rules, after metrics, page and dashboard were held against each other,
#   - eight faults strike PostgreSQL, PgBouncer and three nodes, and every event is accounted for,
#   - a headless browser opens the sandbox's page and every page of the console, holds them against axe, and keeps screenshots.
# FOLDER keeps the Python environment, made on the first run from PyPI, and the screenshots.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
hookline=$(realpath "$1")
mkdir -p "$2"
folder=$(realpath "$2")
venv=$folder/venv

[ -x "$venv/bin/python" ] || python3 -m venv "$venv"
"$venv/bin/pip" install --quiet --disable-pip-version-check --requirement "$here/requirements.txt"

echo "interop: the senders' own libraries"
"$here/senders/run.sh" "$hookline" "$venv"
echo "interop: random phone numbers against the newest phonenumbers"
"$here/../PhoneNumbersTests/Agreement/run.sh" "$hookline" "$venv" --count 4000 --seed 2026
echo "interop: schemathesis against the sandbox"
(cd "$folder" && SCHEMATHESIS="$venv/bin/schemathesis" "$here/schemathesis.sh" "$hookline" >"$folder/schemathesis.log" 2>&1) ||
    { cat "$folder/schemathesis.log"; exit 1; }
tail -n 3 "$folder/schemathesis.log"
echo "interop: schemathesis against the admin API"
(cd "$folder" && "$here/admin_api.sh" "$hookline" "$venv" >"$folder/admin_api.log" 2>&1) ||
    { cat "$folder/admin_api.log"; exit 1; }
tail -n 3 "$folder/admin_api.log"
echo "interop: restarts under load, the socket held by somebody else"
"$here/restarts.py" "$hookline" 10
echo "interop: what the documentation shows, as it is printed"
PATH="$venv/bin:$PATH" "$here/docs.py" "$hookline"
echo "interop: what is made for Kubernetes, against its own schemas, and what is refused"
"$venv/bin/python" "$here/../Kubernetes/check.py" "$hookline"
echo "interop: the documentation as a site, where every link and anchor leads somewhere"
"$here/../../deploy/site/build.sh" "$folder/site"
echo "interop: the alert rules and their tests"
"$here/alerts.sh" "$folder"
echo "interop: faults beneath three nodes on PostgreSQL"
python3 "$here/../Chaos/chaos.py" "$hookline" --small >"$folder/chaos.log" 2>&1 || { cat "$folder/chaos.log"; exit 1; }
tail -n 24 "$folder/chaos.log"
echo "interop: the sandbox's page in a browser"
PYTHON="$venv/bin/python" "$here/../Browser/sandbox_page.sh" "$hookline" "$folder/screenshots"
echo "interop: the console in a browser"
PYTHON="$venv/bin/python" "$here/../Browser/console.sh" "$hookline" "$folder/screenshots/console"
