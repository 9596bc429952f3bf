// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Foundation
import Messages
import Outbox
import SQLiteOutbox

// The store alone, through its ports, beside SQLite that is told by hand to keep the same bytes: the rounds alternate in
// one run, each on a file of its own, and the medians count. The claim rate with a backlog is beside that of a queue that
// holds nothing else.

/// How much is measured.
struct Plan {
    var folder = FileManager.default.temporaryDirectory
    var events = 12_800
    var batch = 32
    var rounds = 5
    var backlog = 1_000_000
    var digests = 100_000

    /// Reads `--quick`, `--folder PATH`, `--batch N`, `--rounds N` and `--backlog N`, which leaves claims out when it is 0;
    /// anything else ends the run with a sentence.
    init(_ arguments: [String]) {
        var rest = arguments[...]
        while let option = rest.popFirst() {
            switch (option, rest.first) {
            case ("--quick", _): (events, rounds, backlog, digests) = (3_200, 3, 100_000, 10_000)
            case ("--folder", let path?): folder = URL(filePath: path)
            case ("--batch", let text?): batch = Int(text) ?? batch
            case ("--backlog", let text?): backlog = Int(text) ?? backlog
            case ("--rounds", let text?): rounds = Int(text) ?? rounds
            default:
                preconditionFailure("StoreBenchmark [--quick] [--folder PATH] [--batch N] [--backlog N] [--rounds N]")
            }
            if option != "--quick" { rest = rest.dropFirst() }
        }
    }
}

/// A rate with what it cost.
struct Measure {
    var rate: Double
    /// Processor time of one event, in microseconds.
    var time: Double

    static func median(_ all: [Measure]) -> Measure {
        func middle(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }
        return Measure(rate: middle(all.map(\.rate)), time: middle(all.map(\.time)))
    }
}

/// Runs a body over so many events, and measures it.
func measure(_ count: Int, _ body: () async throws -> Void) async rethrows -> Measure {
    let (start, processor) = (ContinuousClock.now, clock())
    try await body()
    let seconds = start.duration(to: .now) / .seconds(1)
    let used = Double(clock() - processor) / Double(CLOCKS_PER_SEC)
    return Measure(rate: Double(count) / seconds, time: used / Double(count) * 1_000_000)
}

/// Lends a path in a folder of its own, which is gone afterwards.
func withFile<Value>(in folder: URL, _ body: (String) async throws -> Value) async throws -> Value {
    let own = folder.appending(path: "store-benchmark-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: own, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: own) }
    return try await body(own.appending(path: "outbox.db").path)
}

/// What of this process is in memory.
func residentBytes() -> Int {
    let pages = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8))?.split(separator: " ")
    return (pages?.dropFirst().first).flatMap { Int($0) }.map { $0 * 4_096 } ?? 0
}

/// Opens a file as a service does, and asks which digests are due; in milliseconds.
func start(_ path: String) async throws -> Double {
    let start = ContinuousClock.now
    let store = try await SQLiteOutbox.open(path)
    _ = try await store.lastTime()
    _ = try await store.dueDigests(at: StoreLoad.now, limit: 20)
    let taken = start.duration(to: .now) / .milliseconds(1)
    await store.close()
    return taken
}

func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }

func line(_ name: String, _ measure: Measure) {
    print(
        "  \(name): \(Int(measure.rate)) events/s, \(String(format: "%.1f", measure.time)) µs of processor time an event"
    )
}

let plan = Plan(Array(CommandLine.arguments.dropFirst()))
let load = try StoreLoad(count: plan.events)
var (ours, raw): ([Measure], [Measure]) = ([], [])
for _ in 0..<plan.rounds {
    raw.append(try await withFile(in: plan.folder) { try await RawOutbox.run(load, batch: plan.batch, path: $0) })
    ours.append(try await withFile(in: plan.folder) { try await load.run(batch: plan.batch, path: $0) })
}
let (store, sqlite) = (Measure.median(ours), Measure.median(raw))
print("\(plan.events) events of \(load.bytes) bytes, one message each, \(plan.batch) a commit, \(plan.rounds) rounds:")
line("SQLite by hand", sqlite)
line("the store     ", store)
print(
    String(
        format: "  store ÷ SQLite: %.2f in rate, %.2f in processor time",
        store.rate / sqlite.rate,
        store.time / sqlite.time
    )
)
guard plan.backlog > 0 else { exit(0) }

var (empty, full, early): ([Measure], [Measure], [Measure]) = ([], [], [])
try await withFile(in: plan.folder) { path in
    let claims = BacklogClaims(batch: plan.batch, count: min(plan.events, 6_400))
    let deep = try await claims.fill(plan.backlog, path: path)
    try await withFile(in: plan.folder) { path in
        let waiting = try await claims.fill(claims.count * plan.rounds, ahead: plan.backlog, path: path)
        for _ in 0..<plan.rounds {
            empty.append(try await withFile(in: plan.folder) { try await claims.runEmpty(path: $0) })
            full.append(try await claims.run(deep))
            early.append(try await claims.run(waiting))
        }
        await waiting.close()
    }
    await deep.close()
}
let (alone, behind, ahead) = (Measure.median(empty), Measure.median(full), Measure.median(early))
print("Claims, \(plan.batch) a commit:")
line("nothing else waits         ", alone)
line("\(plan.backlog) messages are due   ", behind)
line("\(plan.backlog) are scheduled ahead", ahead)
for (name, measured) in [("are due", behind), ("are scheduled ahead", ahead)] {
    print(
        String(
            format: "  many \(name) ÷ empty queue: %.2f in rate, %.2f in processor time",
            measured.rate / alone.rate,
            measured.time / alone.time
        )
    )
}

var collecting: [Measure] = []
try await withFile(in: plan.folder) { path in
    let claims = BacklogClaims(batch: plan.batch, count: min(plan.events, 6_400))
    await (try await claims.fill(claims.count * plan.rounds, digests: plan.digests, path: path)).close()
    empty = []
    let before = residentBytes()
    var (starts, bareStarts): ([Double], [Double]) = ([], [])
    try await withFile(in: plan.folder) { none in
        await (try SQLiteOutbox.open(none)).close()
        for _ in 0..<plan.rounds {
            bareStarts.append(try await start(none))
            starts.append(try await start(path))
        }
    }
    let store = try await SQLiteOutbox.open(path)
    let counting = ContinuousClock.now
    let open = try await store.openDigests()
    let counted = counting.duration(to: .now)
    guard try await store.dueDigests(at: StoreLoad.now, limit: 20).next != nil, open == plan.digests else {
        preconditionFailure("digests are missing")
    }
    for _ in 0..<plan.rounds {
        empty.append(try await withFile(in: plan.folder) { try await claims.runEmpty(path: $0) })
        collecting.append(try await claims.run(store))
    }
    print("\(plan.digests) open digests of three events:")
    let size = (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int).flatMap { $0 } ?? 0
    let (late, soon) = (median(starts), median(bareStarts))
    print(
        String(
            format: "  opened and asked for the next one: %.1f ms with %d MB, %.1f ms with an empty file, %.1f ms more",
            late,
            size >> 20,
            soon,
            late - soon
        )
    )
    print("  counted in \(counted)")
    print(
        "  resident memory: \(before >> 20) MiB before, \((residentBytes() - before) >> 20) MiB more after all claims"
    )
    await store.close()
}
let (bare, beside) = (Measure.median(empty), Measure.median(collecting))
line("nothing else waits", bare)
line("beside the digests", beside)
print(
    String(
        format: "  beside digests ÷ empty queue: %.2f in rate, %.2f in processor time",
        beside.rate / bare.rate,
        beside.time / bare.time
    )
)
