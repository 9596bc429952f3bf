// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CommandLogic
import CurlTransport
import Events
import Foundation
import HooklineApp
import Messages
import Outbox
import Presentation
import Sandbox
import ServiceConfiguration
import Testing

/// What a sender is answered, what is counted, and what `events list` shows, over real sockets.
@Suite("What comes in", .timeLimit(.minutes(10)))
struct IntakeTests {
    private static let payment = #"{"event":"payment.captured","payload":{"payment":{"entity":{"status":"none"}}}}"#

    private func list(_ hookline: HooklineUnderTest) async throws -> [JSON] {
        let store = try await StoreOpener.openForTools(hookline.settings.store)
        let events = try await store.events(EventFilter()).elements
        let rejections = try await store.rejections(RejectionFilter()).elements
        await store.close()
        return events.map { $0.json() } + rejections.map(\.json)
    }

    /// Waits until a refusal is on disk: it is written behind its answer, with the next commit at the latest.
    private func listAfterCommit(_ hookline: HooklineUnderTest) async throws -> [JSON] {
        try await hookline.post(#"{"event":"unrelated"}"#)
        return try await list(hookline).filter { $0["type"] != "unrelated" }
    }

    @Test("with a wrong signature is refused with 401 and stored as a refusal, not as an event")
    func wrongSignature() async throws {
        try await withHookline { hookline in
            let answer = try await hookline.request(
                .post,
                "http://\(hookline.addresses.hooks)/hooks/razorpay",
                headers: [HeaderField("X-Razorpay-Signature", String(repeating: "0", count: 64))],
                body: Array(Self.payment.utf8)
            )
            #expect(answer.status == 401)
            #expect(answer["content-type"] == "application/problem+json")
            #expect(
                String(decoding: answer.body, as: UTF8.self)
                    == #"{"type":"about:blank","title":"Unauthorized","status":401}"#
            )
            let listed = try await listAfterCommit(hookline)
            #expect(listed.map { $0["result"] } == ["bad_signature"])
            #expect(listed.first?["status"] == 401)
            #expect(
                try await hookline.metric(#"hookline_events_total{result="bad_signature",source="razorpay"}"#) == "1"
            )
        }
    }

    @Test("for an unknown source is refused with 404")
    func unknownSource() async throws {
        try await withHookline { hookline in
            let answer = try await hookline.request(.post, "http://\(hookline.addresses.hooks)/hooks/nobody", body: [1])
            #expect(answer.status == 404)
            let listed = try await listAfterCommit(hookline)
            #expect(listed.map { $0["result"] } == ["unknown_source"])
            #expect(listed.first?["source"] == "/hooks/nobody")
            #expect(
                try await hookline.metric(#"hookline_events_total{result="unknown_source",source="unknown"}"#) == "1"
            )
        }
    }

    @Test("over the source's limit is refused with 413 without being read", arguments: [1_100, 10_000_000])
    func tooLarge(_ size: Int) async throws {
        var setup = HooklineSetup()
        setup.sources = #"  razorpay: {preset: razorpay, secrets: ["s"], max_body: 1KiB}"#
        try await withHookline(setup) { hookline in
            let body = #"{"x":""# + String(repeating: "y", count: size) + #""}"#
            let answer = try await hookline.post(body)
            #expect(answer.status == 413)
            let listed = try await listAfterCommit(hookline)
            #expect(listed.map { $0["result"] } == ["body_too_large"])
            #expect(
                try await hookline.metric(#"hookline_events_total{result="body_too_large",source="razorpay"}"#) == "1"
            )
        }
    }

    @Test("as broken JSON with a good signature is kept as it came and answered like a success")
    func parked() async throws {
        try await withHookline { hookline in
            let answer = try await hookline.post(#"{"event": broken"#)
            #expect(answer.status == 200)
            #expect((answer.messages ?? []).isEmpty)
            let listed = try await list(hookline)
            #expect(listed.map { $0["result"] } == ["parked"])
            #expect(listed.first?["reason"]?.string?.contains("unexpected character at line 1, column 11") == true)
            let id = try #require(listed.first?["id"]?.string)
            let store = try await StoreOpener.openForTools(hookline.settings.store)
            let kept = try #require(try await store.event(EventID(rawValue: id)))
            await store.close()
            #expect(kept.event.rawBody == Array(#"{"event": broken"#.utf8))
            #expect(try await hookline.metric(#"hookline_events_total{result="parked",source="razorpay"}"#) == "1")
        }
    }

    @Test("that no rule matches is a success with an empty list")
    func unmatched() async throws {
        try await withHookline { hookline in
            let answer = try await hookline.post(Self.payment)
            #expect(answer.status == 200)
            #expect(try JSON(parsing: answer.text)["messages"] == [])
            #expect(try await list(hookline).map { $0["result"] } == ["unmatched"])
            #expect(try await hookline.metric(#"hookline_events_total{result="unmatched",source="razorpay"}"#) == "1")
        }
    }

    @Test("a second time is a success that names the first event, and sends nothing")
    func duplicate() async throws {
        try await withHookline { hookline in
            let body = Array(
                try Data(contentsOf: shippedRules.appending(path: "samples/razorpay/payment.captured.json"))
            )
            let first = try await hookline.post(body, id: "evt-1")
            let second = try await hookline.post(body, id: "evt-1")
            #expect(first.status == 200 && second.status == 200)
            let (one, two) = (try JSON(parsing: first.text), try JSON(parsing: second.text))
            #expect(one["event"] == two["event"])
            #expect(one["duplicate"] == false && two["duplicate"] == true)
            await hookline.observer.settled(.accepted)
            #expect(await hookline.partner.acceptedCount == 1)
            #expect(try await hookline.metric(#"hookline_events_total{result="duplicate",source="razorpay"}"#) == "1")
        }
    }

    @Test("with a method that the sender does not use is refused with 405")
    func wrongMethod() async throws {
        try await withHookline { hookline in
            let answer = try await hookline.request(.get, "http://\(hookline.addresses.hooks)/hooks/razorpay")
            #expect(answer.status == 405)
            #expect(answer["allow"] == "POST")
        }
    }

    @Test("finds metrics and readiness on the inner listener alone")
    func twoListeners() async throws {
        try await withHookline { hookline in
            for path in ["/metrics", "/readyz"] {
                let outer = try await hookline.request(.get, "http://\(hookline.addresses.hooks)\(path)")
                let inner = try await hookline.request(.get, "http://\(hookline.addresses.admin)\(path)")
                #expect(outer.status == 404)
                #expect(inner.status == 200)
            }
            for address in [hookline.addresses.hooks, hookline.addresses.admin] {
                let answer = try await hookline.request(.get, "http://\(address)/healthz")
                #expect(answer.status == 200)
            }
        }
    }
}
