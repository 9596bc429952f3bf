// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import HTTPTypes
import HTTPValues
import InMemoryLogging
import Messages
import Outbox
import TestSupport
import Testing
import Webhooks

@testable import EventIntake

@Suite("A source's rate", .timeLimit(.minutes(10)))
struct RateLimitTests {
    @Test("a minute's worth may come at once, then what the rate says, and not more")
    func bucket() throws {
        let clock = TestClock()
        var bucket = RateBucket(Rate(2, per: .seconds(1)))
        for _ in 0..<120 {
            #expect(bucket.wait(at: clock.now) == nil)
            bucket.take(1, at: clock.now)
        }
        #expect(bucket.wait(at: clock.now) == .seconds(30))
        let later = clock.now.advanced(by: .milliseconds(500))
        #expect(bucket.wait(at: later) == nil)
        bucket.take(1, at: later)
        #expect(bucket.wait(at: later) != nil)
    }

    @Test(
        "the burst is a minute's worth, at least ten",
        arguments: [("50/s", 3_000), ("600/m", 600), ("1000/h", 16), ("3/h", 10), ("9223372036854775807/s", 1_000_000)]
    )
    func burst(text: String, burst: Int) throws {
        #expect(RateBucket.burst(of: try #require(Rate(text))) == burst)
    }

    @Test("a clock that is set back does not shut a source out")
    func clockSetBack() {
        let clock = TestClock()
        var bucket = RateBucket(Rate(1, per: .seconds(1)))
        bucket.take(60, at: clock.now)
        #expect(bucket.wait(at: clock.now) != nil)
        #expect(bucket.wait(at: clock.now.advanced(by: .seconds(-3_600))) == nil)
    }

    @Test("no source is limited unless its configuration says so")
    func standard() async throws {
        try await withIntake { shop in
            #expect(shop.source.rate == nil)
            for number in 0..<50 { #expect(await shop.post(#"{"n":\#(number)}"#).status == 200) }
            let events = try await shop.events()
            #expect(events == 50)
        }
    }

    @Test("events beyond it get 429 with Retry-After before their body is read, are counted and recorded")
    func beyond() async throws {
        try await withIntake(rate: "6/m") { shop in
            for number in 0..<10 { #expect(await shop.post(#"{"n":\#(number)}"#).status == 200) }
            guard case .answer(let reply) = shop.intake.open(RequestLine(method: .post, target: shop.source.path))
            else {
                Issue.record("the body of a request beyond the rate is wanted")
                return
            }
            #expect(reply.status == 429)
            #expect(reply.headers[.retryAfter] == "50")
            #expect(reply.headers[.contentType] == "application/problem+json")
            #expect(try await shop.events() == 10)
            #expect(try shop.counted("rate_limited") == 1)
            let record = try #require(try await shop.rejections().last)
            #expect(record.status == 429 && record.code == "rate_limited" && record.source == "shop")
            #expect(record.reason == "more events came than 6/min allows; the sender was asked to wait 50 s")
            await shop.clock.advance(by: .seconds(10))
            #expect(await shop.post(#"{"n":10}"#).status == 200)
            #expect(await shop.post(#"{"n":11}"#).status == 429)
        }
    }

    @Test("two that passed the door together are counted where they are verified")
    func race() async throws {
        try await withIntake(rate: "1/h") { shop in
            for number in 0..<9 { #expect(await shop.post(#"{"n":\#(number)}"#).status == 200) }
            let statuses = await withTaskGroup(of: Int.self) { group in
                for number in 9..<13 {
                    group.addTask {
                        let body = Array(#"{"n":\#(number)}"#.utf8)
                        let headers = shop.source.sign(body, now: shop.clock.now).headers
                        let request = InboundRequest(
                            method: .post,
                            target: shop.source.path,
                            headers: headers,
                            body: body
                        )
                        return await shop.intake.reply(to: request).status
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            let events = try await shop.events()
            #expect(statuses.sorted() == [200, 429, 429, 429] && events == 10)
        }
    }

    @Test("a stranger's flood uses up nothing of what the sender may post")
    func flood() async throws {
        try await withIntake(rate: "1/h") { shop in
            for _ in 0..<2_000 { #expect(await shop.postUnsigned().status == 401) }
            for number in 0..<10 { #expect(await shop.post(#"{"n":\#(number)}"#).status == 200) }
            let refused = try shop.counted("bad_signature")
            #expect(refused == 2_000)
        }
    }

    @Test("each event of a batch counts, and a batch is taken whole or not at all")
    func batch() async throws {
        try await withIntake(preset: "cloudevents", rate: "1/h") { shop in
            func batch(_ ids: Range<Int>) -> [UInt8] {
                let events = ids.map { #"{"specversion":"1.0","id":"\#($0)","source":"s","type":"t"}"# }
                return Array("[\(events.joined(separator: ","))]".utf8)
            }
            func post(_ ids: Range<Int>) async -> Int {
                var headers = shop.source.sign(batch(ids), now: shop.clock.now).headers
                headers[.contentType] = "application/cloudevents-batch+json"
                return await shop.send(batch(ids), headers).status
            }
            #expect(await post(0..<9) == 200)
            #expect(await post(9..<20) == 200)
            #expect(await post(20..<21) == 429)
            let events = try await shop.events()
            #expect(events == 20)
        }
    }
}
