#!/usr/bin/env bash
# Hookline: webhooks in, WhatsApp out.
# SPDX-License-Identifier: Apache-2.0
#
# Holds the built command against PyPI's newest phonenumbers: run.sh HOOKLINE VENV [ARGUMENT OF agreement.py]...
# VENV is a folder for Python's virtual environment, made there when it is not there.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
hookline=$(realpath "$1")
venv=$2
shift 2

[ -x "$venv/bin/python" ] || python3 -m venv "$venv"
"$venv/bin/pip" install --quiet --disable-pip-version-check --upgrade phonenumbers
"$venv/bin/python" "$here/agreement.py" "$hookline" "$@"
