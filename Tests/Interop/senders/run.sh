#!/bin/sh
# Hookline: webhooks in, WhatsApp out.
# SPDX-License-Identifier: Apache-2.0
#
# Has the official libraries of senders sign requests, and a running service judge them.
#
#     Tests/Interop/senders/run.sh .build/debug/hookline [VENV]
#
# VENV is a folder for Python's virtual environment, made there when it is not there; without it a temporary one is
# used. Ends with 1 when an answer is not the expected one. Needs python3 with venv, and PyPI for the first run.
set -eu

hookline=${1:?"the built command is missing: run.sh .build/debug/hookline"}
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

venv=${2:-"$work/venv"}
if [ ! -x "$venv/bin/python" ]; then
    python3 -m venv "$venv"
fi
"$venv/bin/pip" install --quiet --disable-pip-version-check --requirement "$here/requirements.txt"
"$venv/bin/python" "$here/senders.py" "$hookline" "$work"
