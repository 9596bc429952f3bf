#!/usr/bin/env bash
# Hookline: webhooks in, WhatsApp out.
# SPDX-License-Identifier: Apache-2.0
#
# Builds the benchmarks optimised and runs them one after the other, so that none disturbs another.
#
#   Benchmarks/run.sh ["SWIFT BUILD FLAGS" [OPTIONS OF THE END-TO-END RUN …]]
#   Benchmarks/run.sh "--scratch-path .build-bench -c release" --quick
set -euo pipefail
cd "$(dirname "$0")/.."

# Package.swift has these targets only when it is told so.
export BENCHMARKS=1
read -ra flags <<<"${1:---scratch-path .build-bench -c release}"
shift || true

for product in EndToEndBenchmark DeliveryBenchmark StoreBenchmark PostgresBenchmark BacktestBenchmark PatternBenchmark EvaluationBenchmark LiquidBenchmark hookline; do
    swift build "${flags[@]}" --product "$product"
done
bin=$(swift build "${flags[@]}" --show-bin-path)

echo
echo "== End to end: accepted and delivered, beside a bare server"
"$bin/EndToEndBenchmark" "$@"

echo
echo "== The whole service on PostgreSQL, beside the whole service on SQLite"
python3 Benchmarks/EndToEnd/stores.py "$bin/EndToEndBenchmark"

echo
echo "== Live messages beside a replay of ten thousand events"
"$bin/EndToEndBenchmark" --replay 10000

echo
echo "== Delivery: the transport beside libcurl alone, an account that is well beside one that hangs"
"$bin/DeliveryBenchmark"

echo
echo "== Store: beside SQLite by hand, and with a backlog"
"$bin/StoreBenchmark"

echo
echo "== PostgreSQL: beside pgbench, with a backlog, a standby and a snapshot that is held open"
python3 Benchmarks/PostgresBenchmark/postgres.py "$bin/PostgresBenchmark"

echo
echo "== Backtest: an archive rehearsed, beside evaluating its events alone"
"$bin/BacktestBenchmark"

echo
echo "== Patterns: events against 10 to 10,000 rules"
"$bin/PatternBenchmark"

echo
echo "== Messages of one event, in parses of it"
"$bin/EvaluationBenchmark"

echo
echo "== Pages: lists, searches, counts and pages over a million events and messages"
python3 Benchmarks/Pages/pages.py "$bin/hookline"

echo
echo "== Start: a service over a hundred thousand open digests, and over nothing"
python3 Benchmarks/Start/start.py "$bin/hookline"

echo
echo "== Liquid: renderings, beside python-liquid"
export LIQUID_BENCHMARK_VENV="${LIQUID_BENCHMARK_VENV:-$bin/python-liquid}"
if ! python3 Benchmarks/LiquidBenchmark/compare.py "$bin/LiquidBenchmark"; then
    echo "python-liquid could not be measured here (it needs python3 with venv, and PyPI); ours alone:"
    "$bin/LiquidBenchmark" Benchmarks/LiquidBenchmark/workload.json
fi
