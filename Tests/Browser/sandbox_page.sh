#!/usr/bin/env bash
# Hookline: webhooks in, WhatsApp out.
# SPDX-License-Identifier: Apache-2.0
#
# The browser test of the sandbox's page: sandbox_page.sh HOOKLINE SCREENSHOT_FOLDER
# Needs chromium and chromium-driver (Debian) and selenium (PyPI); PYTHON names a Python that has it.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
exec "$here/../Interop/sandbox_process.sh" "$1" timeout 300 "${PYTHON:-python3}" "$here/sandbox_page.py" "{}" "$2"
