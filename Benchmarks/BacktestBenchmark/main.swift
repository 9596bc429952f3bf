// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

// A backtest of an archive in a real database: events a second, beside reading each event's body and evaluating the rules
// for it, which no backtest can do without.

import Events
import Foundation
import Inquiries
import Messages
import Outbox
import Rehearsal
import Rules
import SQLiteOutbox
import ServiceConfiguration

/// Something in the run that is not as it has to be.
struct BenchmarkMistake: Error {
    let text: String
}

let count = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 100_000
let rules = """
    version: 1
    source: shop
    defaults: {country: IN}
    rules:
      - name: paid
        event: order.paid
        once_per: "{{ id }}"
        once_within: 1d
        to: "{{ customer.phone }}"
        send: {template: order_paid, language: en, variables: ["{{ customer.name }}", "{{ total | money: 'INR' }}"]}
      - name: failed
        event: payment.failed
        key: "{{ id }}"
        delay: 15m
        cancel_when: {event: order.paid, key: '{{ id }}'}
        to: "{{ customer.phone }}"
        send: {template: payment_failed, language: en, variables: ["{{ customer.name }}"]}
      - name: cart
        event: cart.left
        delay: 1h
        quiet_hours: {from: "21:00", to: "09:00"}
        limit: {count: 1, per: recipient, every: 24h, on_exceed: drop}
        to: "{{ customer.phone }}"
        send: {template: cart, language: en, variables: ["{{ customer.name }}"]}
    """
let configuration = """
    listen: 127.0.0.1:0
    store: sqlite:archive.db
    rules: rules.yaml
    accounts: {main: {base_url: http://127.0.0.1:1, api_key: none, api_secret: none}}
    sources: {shop: {secrets: [none], country: IN, event_type: body.event}}
    """

/// An event of 1.5 kB in the life of some order: half of them are paid, the others failed, or a cart that was left.
func body(_ number: Int) -> [UInt8] {
    let type = ["payment.failed", "order.paid", "order.paid", "cart.left"][number % 4]
    let line = #"{"sku": "TEE", "title": "Cotton tee", "quantity": 2, "price": "199.00", "taxable": true}"#
    let lines = Array(repeating: line, count: 14).joined(separator: ",")
    return Array(
        #"""
        {"event": "\#(type)", "id": \#(number / 2), "total": "1499.00", "lines": [\#(lines)],
        "customer": {"name": "Meera", "phone": "+9198450\#(10_000 + number % 50_000)"}}
        """#.utf8
    )
}

func seconds(_ body: () async throws -> Void) async rethrows -> Double {
    let start = ContinuousClock.now
    try await body()
    return start.duration(to: .now) / .seconds(1)
}

let folder = FileManager.default.temporaryDirectory.appending(path: "hookline-backtest-\(UUID())")
try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
defer { try? FileManager.default.removeItem(at: folder) }
try Data(rules.utf8).write(to: folder.appending(path: "rules.yaml"))
try Data(configuration.utf8).write(to: folder.appending(path: "hookline.yaml"))
var reader = SettingsReader(path: folder.appending(path: "hookline.yaml").path)
let (read, findings) = reader.read()
guard let settings = read else { throw BenchmarkMistake(text: "\(findings)") }
let loaded = RuleFolder.load([folder.appending(path: "rules.yaml").path])
guard let set = loaded.rules else { throw BenchmarkMistake(text: "\(loaded.diagnostics)") }

let start = Timestamp(seconds: 1_760_000_000)
func event(_ number: Int) throws -> Event {
    let (bytes, time) = (body(number), start.advanced(by: .seconds(number * 20)))
    let payload = try JSONDocument(bytes)
    let type = payload.root["event"]?.value.string ?? ""
    return Event(
        id: EventID(at: time),
        source: "shop",
        type: type,
        receivedAt: time,
        rawBody: bytes,
        payload: payload
    )
}

func consequences(_ event: Event) -> Consequences {
    set.evaluate(event, in: EvaluationContext(now: event.receivedAt, country: "IN"))
        .consequences(accounts: ["main"], at: event.receivedAt)
}

/// A database of so many events with a message each.
func archive(of count: Int) async throws -> SQLiteOutbox {
    let store = try await SQLiteOutbox.open(folder.appending(path: "archive of \(count).db").path)
    for first in stride(from: 0, to: count, by: 1_000) {
        _ = try await store.accept(
            try (first..<min(count, first + 1_000)).map { number in
                let event = try event(number)
                let made = consequences(event)
                return Submission(
                    event: NewEvent(event, disposition: made.disposition),
                    messages: made.messages,
                    failures: made.failures,
                    sideEffects: made.sideEffects
                )
            }
        )
    }
    return store
}

/// What of this process is in memory, or was at most since ``forgetPeak()``, in MiB.
func memory(_ name: String) -> Double {
    let lines = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8))?.split(separator: "\n") ?? []
    let line = lines.first { $0.hasPrefix("\(name):") }
    return (line.flatMap { Double($0.filter(\.isNumber)) } ?? 0) / 1_024
}

func forgetPeak() { try? Data("5".utf8).write(to: URL(filePath: "/proc/self/clear_refs")) }

/// A backtest with how long it took, and how much more was in memory at once.
struct Run {
    var answer: BacktestAnswer
    var seconds: Double
    var memory: Double
}

func backtest(_ store: SQLiteOutbox) async throws -> Run {
    forgetPeak()
    let before = memory("VmRSS")
    var answers: [BacktestAnswer] = []
    let seconds = try await seconds {
        answers.append(try await ArchiveBacktest.run(.init(rules: set), over: store, settings))
    }
    return Run(answer: answers[0], seconds: seconds, memory: memory("VmHWM") - before)
}

// The small one first: what it leaves behind in the allocator's hands belongs to no archive.
let small = try await archive(of: count / 10)
let few = try await backtest(small)
await small.close()
let store = try await archive(of: count)
let first = try await backtest(store)
let second = try await backtest(store)
await store.close()
guard first.answer.json.text() == second.answer.json.text() else {
    throw BenchmarkMistake(text: "two backtests of the same archive differ")
}
guard first.answer.archive.rehearsed == count else { throw BenchmarkMistake(text: first.answer.text) }

var messages = 0
let evaluating = try await seconds {
    for number in 0..<count { messages += consequences(try event(number)).messages.count }
}
guard messages == count else { throw BenchmarkMistake(text: "\(messages) messages of \(count) events") }

let best = min(first.seconds, second.seconds)
print("\(count) events of \(body(0).count) bytes, one message each; \(first.answer.report.counts.json.text())")
print(String(format: "  evaluating alone  %8.0f events/s", Double(count) / evaluating))
print(String(format: "  backtest          %8.0f events/s, %.1f s", Double(count) / best, best))
print(String(format: "  backtest ÷ evaluating: %.2f", evaluating / best))
print(
    String(
        format: "  memory more at once: %.1f MiB; with a tenth of the events %.1f MiB; ÷ that: %.2f",
        first.memory,
        few.memory,
        first.memory / few.memory
    )
)
