#!/usr/bin/env bash
# Hookline: webhooks in, WhatsApp out.
# SPDX-License-Identifier: Apache-2.0
#
# Runs the tests of the alert rules with Prometheus' own program: alerts.sh FOLDER
# Where promtool is not on the PATH, FOLDER gets it out of Debian's package, which is not installed: it would start a server.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
folder=$1
promtool=$(command -v promtool || true)
if [ -z "$promtool" ]; then
    promtool=$folder/prometheus/usr/bin/promtool
    if [ ! -x "$promtool" ]; then
        mkdir -p "$folder/prometheus"
        (cd "$folder/prometheus" && apt-get download -qq prometheus >/dev/null && dpkg-deb -x prometheus_*.deb . && rm prometheus_*.deb)
    fi
fi
"$here/metrics_check.py"
"$promtool" check rules "$here/../../deploy/prometheus-alerts.yaml"
(cd "$here/../../deploy" && "$promtool" test rules prometheus-alerts.test.yaml)
