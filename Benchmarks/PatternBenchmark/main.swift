// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Dispatch
import EventPatterns
import Events

// Events a second that an index of patterns decides, parsing included, against two baselines of the same run: parsing
// alone, and asking every pattern. No figure of another program stands here: a ratio to one needs it in the same run.

/// Runs a body over all events again and again; the best pass counts, in events a second.
///
/// The best of many short passes is what the code costs; the mean of a long run is what the code and everything else on
/// the machine cost.
func rate(_ events: [[UInt8]], seconds: Double = 1, _ body: (consuming [UInt8]) throws -> Int) rethrows -> Double {
    let clock = ContinuousClock()
    let start = clock.now
    var best = 0.0
    var sum = 0
    repeat {
        let pass = clock.now
        for event in events { sum &+= try body(event) }
        best = max(best, Double(events.count) / pass.duration(to: clock.now).inSeconds)
    } while start.duration(to: clock.now) < .seconds(seconds)
    precondition(sum >= 0, "the results are used, so that nothing is optimized away")
    return best
}

/// The same on every core at once.
func parallelRate(_ events: [[UInt8]], cores: Int, _ body: @Sendable (consuming [UInt8]) throws -> Int) -> Double {
    let rates = UnsafeMutableBufferPointer<Double>.allocate(capacity: cores)
    defer { rates.deallocate() }
    rates.initialize(repeating: 0)
    nonisolated(unsafe) let shared = rates  // each iteration writes its own element
    DispatchQueue.concurrentPerform(iterations: cores) { core in
        shared[core] = (try? rate(events, body)) ?? 0
    }
    return rates.reduce(0, +)
}

func cell(_ value: Double) -> String {
    let text = value < 1_000 ? "\((value * 10).rounded() / 10)" : "\(Int(value))"
    return String(repeating: " ", count: max(0, 11 - text.count)) + text
}

func ratio(_ value: Double) -> String { cell((value * 100).rounded() / 100) }

print(
    "Events of \(try Workload(ruleCount: 5, rulesPerShop: 5).events.map(\.count).reduce(0, +) / 1_000) bytes on average."
)
print("Events a second of the best pass over 1,000 events, parsing included; one core where it does not say two.")
print("  rules  per shop  parse only   every one       index     2 cores  index/each index/parse     matches")
var first: Double?
for (ruleCount, rulesPerShop) in [(10, 5), (1_000, 5), (10_000, 5), (10_000, 50)] {
    let load = try Workload(ruleCount: ruleCount, rulesPerShop: rulesPerShop)
    let (patterns, index) = (load.patterns, PatternIndex(load.patterns))
    let parse = try rate(load.events) { try JSONDocument($0).root.count }
    let each = try rate(Array(load.events.prefix(50_000 / ruleCount)), seconds: 0.5) { bytes in
        let root = try JSONDocument(bytes).root
        return patterns.reduce(0) { $0 + ($1.matches(root) ? 1 : 0) }
    }
    let matched = try load.events.reduce(0) { $0 + index.matches(try JSONDocument($1)).count }
    let own = try rate(load.events) { index.matches(try JSONDocument($0)).count }
    let both = parallelRate(load.events, cores: 2) { index.matches(try JSONDocument($0)).count }
    let counts = String(repeating: " ", count: 7 - "\(ruleCount)".count) + "\(ruleCount)"
    let shares = String(repeating: " ", count: 10 - "\(rulesPerShop)".count) + "\(rulesPerShop)"
    print(
        counts + shares,
        cell(parse),
        cell(each),
        cell(own),
        cell(both),
        ratio(own / each),
        ratio(own / parse),
        cell(Double(matched) / Double(load.events.count))
    )
    if let first { print("        speed of 10 rules kept: \(((own / first) * 100).rounded() / 100)") }
    first = first ?? own
}
