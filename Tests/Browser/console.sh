#!/usr/bin/env bash
# Hookline: webhooks in, WhatsApp out.
# SPDX-License-Identifier: Apache-2.0
#
# The browser test of the console: console.sh HOOKLINE SCREENSHOT_FOLDER
# Needs chromium (Debian), playwright and axe-playwright-python (PyPI); PYTHON names a Python that has them.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
exec "$here/../Interop/service_process.sh" "$1" timeout 600 "${PYTHON:-python3}" "$here/console.py" "{}" "{TOKEN}" "{HOOKS}" "$2"
