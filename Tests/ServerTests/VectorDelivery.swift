// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import HTTPTypes
import Messages
import Outbox
import Testing
import WebhookVectors
import Webhooks
import WireClient

/// One vector that was delivered several times: the answers to it, and what the store kept of it.
struct VectorDelivery {
    /// What the presets with an answer of their own promise; all others get our report.
    private static let promised = [
        "adobe-commerce": #"[{"op":"success"}]"#, "adyen": "[accepted]", "shiprocket": "", "xero": "",
    ]
    private static let titles = [
        401: "Unauthorized", 403: "Forbidden", 405: "Method Not Allowed", 413: "Content Too Large",
        415: "Unsupported Media Type",
    ]

    private let vector: Vector
    private let answers: [WireAnswer]
    private let store: any OutboxStore

    init(_ vector: Vector, answers: [WireAnswer], over store: any OutboxStore) {
        self.vector = vector
        self.answers = answers
        self.store = store
    }

    /// Holds everything against what the vector expects.
    func check() async throws {
        let events = try await store.events(EventFilter(source: vector.id, limit: 100)).elements.reversed()
        let rejections = try await store.rejections(RejectionFilter(source: vector.id)).elements
        switch vector.expect.kind {
        case "events", "parked": try await expectStored(Array(events))
        case "handshake": try expectHandshake()
        case "needs": expectToBeAskedAgain()
        default: try expectRefusals(rejections)
        }
        let isStored = vector.expect.kind == "events" || vector.expect.kind == "parked"
        #expect(events.isEmpty == !isStored, "\(vector.id)")
        let isRefused = vector.expect.kind == "rejected" || vector.expect.kind == "needs"
        #expect(rejections.isEmpty == !isRefused, "\(vector.id)")
        if vector.expect.kind == "needs" {
            #expect(Set(rejections.map(\.code)) == ["certificate_unavailable"], "\(vector.id)")
        }
    }

    // MARK: Stored

    private func expectStored(_ events: [EventSummary]) async throws {
        if let expected = vector.expect.events {
            #expect(events.map(\.inVectorsWords) == expected.map(\.withoutDedupe), "\(vector.id)")
            #expect(events.allSatisfy { $0.disposition == .unmatched }, "\(vector.id)")
        } else {
            #expect(events.map(\.disposition.name) == [.parked], "\(vector.id)")
            #expect(events.map(\.secretLabel) == ["secrets[0]"], "\(vector.id)")
        }
        for event in events {
            #expect(event.receivedAt == vector.clock, "\(vector.id)")
            #expect(event.duplicates == answers.count - 1, "\(vector.id)")
            let kept = try #require(try await store.event(event.id)).event
            #expect(kept.rawBody == (try vector.body()), "\(vector.id)")
            #expect(kept.headers.withoutFraming == (try vector.recordedHeaders()), "\(vector.id)")
        }
        for (position, answer) in answers.enumerated() {
            #expect(answer.status == 200, "\(vector.id)")
            if let promised = Self.promised[vector.preset] {
                #expect(answer.text == promised, "\(vector.id)")
            } else {
                expectReport(answer, of: events.map(\.id), isDuplicate: position > 0)
            }
        }
    }

    private func expectReport(_ answer: WireAnswer, of events: [EventID], isDuplicate: Bool) {
        // A status that Meta reports is about a message that this store never sent; told twice, it is not looked at again.
        let statuses = (vector.expect.events ?? []).map { $0.dedupe.hasPrefix("meta/status/") && !isDuplicate }
        let reports = zip(events, statuses + events.dropFirst(statuses.count).map { _ in false }).map {
            event,
            isStatus in
            let id = JSON.string(event.rawValue)
            return isStatus
                ? ["event": id, "duplicate": .bool(isDuplicate), "messages": [], "statuses": ["unknown"]] as JSON
                : ["event": id, "duplicate": .bool(isDuplicate), "messages": []]
        }
        let report: JSON? = reports.count == 1 ? reports[0] : ["events": .array(reports), "messages": []]
        #expect(answer.json == report, "\(vector.id)")
        #expect(answer["content-type"] == "application/json", "\(vector.id)")
    }

    // MARK: Not stored

    private func expectHandshake() throws {
        for answer in answers {
            #expect(answer.status == vector.expect.status, "\(vector.id)")
            #expect(answer.text == vector.expect.body, "\(vector.id)")
            for (name, value) in vector.expect.headers ?? [:] { #expect(answer[name] == value, "\(vector.id)") }
            guard !answer.body.isEmpty else { continue }
            // A browser must not take an echo of a stranger's words for a page.
            #expect(answer["content-type"] == "text/plain; charset=utf-8", "\(vector.id)")
            #expect(answer["x-content-type-options"] == "nosniff", "\(vector.id)")
        }
    }

    private func expectToBeAskedAgain() {
        for answer in answers {
            #expect(answer.status == 503, "\(vector.id)")
            #expect(answer["retry-after"] == "60", "\(vector.id)")
        }
    }

    private func expectRefusals(_ rejections: [Outbox.Rejection]) throws {
        #expect(rejections.count == answers.count, "\(vector.id)")
        for rejection in rejections {
            #expect(rejection.code == vector.expect.code, "\(vector.id)")
            #expect(rejection.status == vector.expect.status, "\(vector.id)")
            #expect(rejection.at == vector.clock, "\(vector.id)")
            #expect(!rejection.reason.isEmpty && rejection.reason.contains(vector.expect.says ?? ""), "\(vector.id)")
        }
        let status = try #require(vector.expect.status)
        let title = try #require(Self.titles[status])
        let problem = #"{"type":"about:blank","title":"\#(title)","status":\#(status)}"#
        let hasBody = vector.preset != "xero" && vector.method != "HEAD"
        for answer in answers {
            #expect(answer.status == status, "\(vector.id)")
            #expect(answer.text == (hasBody ? problem : ""), "\(vector.id)")
            #expect((answer["allow"] != nil) == (status == 405), "\(vector.id)")
            if hasBody { #expect(answer["content-type"] == "application/problem+json", "\(vector.id)") }
        }
    }
}

extension Vector.ExpectedEvent {
    /// The key itself is not in a list; that it is recognised shows.
    fileprivate var withoutDedupe: Self {
        Self(type: type, id: id, timeMs: timeMs, dedupe: "", secret: secret)
    }
}

extension EventSummary {
    fileprivate var inVectorsWords: Vector.ExpectedEvent {
        Vector.ExpectedEvent(
            type: type,
            id: senderID,
            timeMs: time.microseconds / 1_000,
            dedupe: "",
            secret: secretLabel
        )
    }
}

extension HTTPFields {
    /// Without what says where a body ends.
    fileprivate var withoutFraming: HTTPFields {
        HTTPFields(filter { ![.contentLength, .transferEncoding].contains($0.name) && $0.name.rawName != "Host" })
    }
}
