// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import InMemoryLogging
import Messages
import Outbox
import SQLiteOutbox
import TestSupport
import Testing
import WebhookVectors
import WireClient

/// Every vector as bytes on a connection to a running listener: what its sender reads, and what is on disk afterwards.
@Suite("Requests as providers send them, over HTTP", .timeLimit(.minutes(10)))
struct VectorsOverHTTPTests {
    @Test("each is answered and stored as its preset promises, however its body is framed and however often it comes")
    func everyVector() async throws {
        let vectors = Vector.all
        let start = try #require(vectors.map(\.clock).min())
        try await HooksUnderTest.with(vectors, at: TestClock(start)) { hooks in
            for (time, group) in Dictionary(grouping: vectors, by: \.clock).sorted(by: { $0.key < $1.key }) {
                await hooks.clock.advance(by: hooks.clock.now.duration(to: time))
                let answers = try await Self.send(group, to: hooks)
                // A refusal is written behind its answer, with the next commit at the latest.
                try await hooks.store.check()
                for vector in group {
                    let delivery = VectorDelivery(vector, answers: try #require(answers[vector.id]), over: hooks.store)
                    try await delivery.check()
                }
            }
            Self.expectSilence(hooks.log.entries.map { "\($0.message) \($0.metadata)" }, about: vectors)
            for address in await Self.asked(hooks) {
                let isTheSenders = ["https://api.paypal.com/v1/", "https://static.adobeioevents.com/prod/keys/"]
                    .contains { address.hasPrefix($0) }
                #expect(isTheSenders, "\(address) was fetched")
            }
        }
    }

    /// Sends each vector in each framing; the presets at the same time, each on a connection of its own.
    private static func send(_ vectors: [Vector], to hooks: HooksUnderTest) async throws -> [String: [WireAnswer]] {
        try await withThrowingTaskGroup(of: [String: [WireAnswer]].self) { tasks in
            for group in Dictionary(grouping: vectors, by: \.preset).values {
                tasks.addTask { try await deliver(group, to: hooks) }
            }
            return try await tasks.reduce(into: [:]) { $0.merge($1) { first, _ in first } }
        }
    }

    private static func deliver(_ vectors: [Vector], to hooks: HooksUnderTest) async throws -> [String: [WireAnswer]] {
        try await WireConnection.open(to: hooks.address) { kept in
            var answers: [String: [WireAnswer]] = [:]
            for vector in vectors {
                for framing in WireRequest.Framing.allCases {
                    let request = try vector.onTheWire(framing)
                    let answer =
                        framing == .old
                        ? try await WireConnection.open(to: hooks.address) { connection in
                            let answer = try await connection.answer(to: request)
                            try await connection.untilClosed()
                            return answer
                        } : try await kept.answer(to: request)
                    answers[vector.id, default: []].append(answer)
                }
            }
            return answers
        }
    }

    private static func asked(_ hooks: HooksUnderTest) async -> [String] {
        var all: [String] = []
        for host in hooks.hosts { all += await host.asked }
        return all
    }

    /// No line repeats a secret or a right signature.
    private static func expectSilence(_ lines: [String], about vectors: [Vector]) {
        let secrets = vectors.flatMap(\.secrets).filter { $0.count > 5 }
        // What may be read in a log is the address of a key that could not be fetched.
        let signatures = vectors.filter { $0.id.hasSuffix("-ok") }.flatMap(\.headers)
            .filter { $0[1].count > 20 && !$0[0].lowercased().hasSuffix("url") && !$0[0].hasSuffix("path") }
            .map { $0[1] }
        #expect(!lines.isEmpty)
        let text = lines.joined(separator: "\n")
        #expect(Set(secrets + signatures).filter { text.contains($0) } == [])
    }
}

extension Vector {
    /// The vector's request to the source that bears its name.
    fileprivate func onTheWire(_ framing: WireRequest.Framing) throws -> WireRequest {
        WireRequest(
            method: method,
            target: "/hooks/\(id)" + target.drop { $0 != "?" },
            headers: headers,
            body: try body(),
            framing: framing
        )
    }
}
