// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import HTTPTypes
import HTTPValues
import InMemoryLogging
import Logging
import Messages
import Outbox
import TestSupport
import Testing
import Webhooks

@testable import EventIntake

@Suite("What refusals leave behind", .timeLimit(.minutes(10)))
struct RefusalLogTests {
    @Test("a flood leaves ten records, then one for each doubling, with the number in between")
    func flood() async throws {
        try await withIntake { shop in
            for _ in 0..<1_000 { _ = await shop.postUnsigned() }
            let records = try await shop.rejections()
            #expect(records.count == 16)
            #expect(records.prefix(10).allSatisfy { $0.count == 1 })
            #expect(records.dropFirst(10).map(\.count) == [10, 20, 40, 80, 160, 320])
            #expect(try #require(records.last).reason.hasPrefix("the header X-Signature"))
            #expect(shop.log.entries.count == records.count)
            #expect(try shop.counted("bad_signature") == 1_000)
        }
    }

    @Test("paths that nobody has are one kind, however many there are, and are refused before their body is read")
    func unknownPaths() async throws {
        try await withIntake { shop in
            for number in 0..<500 {
                let reply = await shop.send([], [:], to: "/wp-admin/\(number)?token=x")
                #expect(reply.status == 404)
            }
            let records = try await shop.rejections()
            #expect(records.count == 15)
            #expect(records.first?.source == "/wp-admin/0")
            #expect(try shop.counted("unknown_source", source: "unknown") == 500)
            guard case .answer = shop.intake.open(RequestLine(method: .post, target: "/wp-admin/1")) else {
                Issue.record("the body of an unknown path is wanted")
                return
            }
        }
    }

    @Test("a number in a path that nobody has reaches neither the record nor the log")
    func numberInPath() async throws {
        try await withIntake { shop in
            _ = await shop.send([], [:], to: "/hooks/919845061237/paid")
            let sources = try await shop.rejections().map(\.source)
            #expect(sources == ["/hooks/[number]/paid"])
            #expect(shop.log.entries.map { "\($0.metadata["source"] ?? "none")" } == ["/hooks/[number]/paid"])
        }
    }

    @Test("ten minutes later refusals are written again, with those that were not")
    func window() async throws {
        try await withIntake { shop in
            for _ in 0..<15 { _ = await shop.postUnsigned() }
            #expect(try await shop.rejections().count == 10)
            await shop.clock.advance(by: .seconds(600))
            for _ in 0..<2 { _ = await shop.postUnsigned() }
            let counts = try await shop.rejections().suffix(2).map(\.count)
            #expect(counts == [6, 1])
        }
    }

    @Test("another reason is written beside a flood of one")
    func reasons() async throws {
        let written = RecordedRejections()
        let log = RefusalLog(logger: written.logger) { written.add($0) }
        let clock = TestClock()
        func refuse(_ reason: String) {
            log.record(
                Outbox.Rejection(at: clock.now, source: "shop", status: 401, code: "bad_signature", reason: reason)
            )
        }
        for age in 0..<100 { refuse("the time stamp is \(age) s old") }
        #expect(written.reasons.count == 13)
        refuse("no configured secret leads to what the request carries")
        #expect(written.reasons.count == 14)
        for kind in ["a", "b"] { refuse("the header \(kind) is missing") }
        #expect(written.reasons.count == 16)
        // Beyond four reasons all further ones are one kind, so that nobody makes records by making reasons.
        for name in 0..<1_000 { refuse("the origin '\(String(repeating: "x", count: name))' is unknown") }
        #expect(written.reasons.count == 32)
    }

    @Test("what the listener gives up by itself is recorded under the source where it is known")
    func listener() async throws {
        try await withIntake { shop in
            let limits = HTTPLimits()
            shop.intake.wasRefused(.bodyTooSlow(7, limits), target: "/hooks/shop?x=y")
            shop.intake.wasRefused(.bodyTooSlow(7, limits), target: "/hooks/nobody")
            shop.intake.wasRefused(.headTooSlow(limits), target: nil)
            let records = try await shop.rejections()
            #expect(records.map(\.source) == ["shop", "/hooks/nobody", "unknown"])
            #expect(records.map(\.status) == [408, 408, 408])
            #expect(records.map(\.code) == ["body_too_slow", "body_too_slow", "head_too_slow"])
            #expect(try shop.counted("body_too_slow") == 1)
            #expect(try shop.counted("body_too_slow", source: "unknown") == 1)
            #expect(try shop.counted("head_too_slow", source: "unknown") == 1)
        }
    }
}
