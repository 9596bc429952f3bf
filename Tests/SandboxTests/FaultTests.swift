// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Foundation
import HTTPTypes
import PartnerAPI
import TestSupport
import Testing

@testable import Sandbox

@Suite("Faults on purpose")
struct FaultTests {
    /// A fault and what the caller must see; status 0 for no answer at all.
    struct Row: CustomTestStringConvertible, Sendable {
        let kind: SandboxFault.Kind
        let status: Int
        let accepted: Int
        var testDescription: String { "\(kind)" }
    }

    private static let hello = #"{"type": "template", "contactId": "ct_asha", "templateName": "hello_world"}"#

    @Test(
        "each fault shows its own face, and says truly whether the message was accepted",
        arguments: [
            Row(kind: .status(503, retryAfter: nil), status: 503, accepted: 0),
            Row(kind: .meta(MetaFault(131_056)), status: 400, accepted: 0),
            Row(kind: .meta(MetaFault(131_056, status: 429)), status: 429, accepted: 0),
            Row(kind: .meta(MetaFault(131_000)), status: 500, accepted: 0),
            Row(kind: .heldForQuality, status: 201, accepted: 1),
            Row(kind: .latency(.seconds(5)), status: 201, accepted: 1),
            Row(kind: .hangBeforeAccepting, status: 0, accepted: 0),
            Row(kind: .hangAfterAccepting, status: 0, accepted: 1),
            Row(kind: .dropBeforeAccepting, status: 0, accepted: 0),
            Row(kind: .dropAfterAccepting, status: 0, accepted: 1),
            Row(kind: .malformedBody, status: 201, accepted: 1),
            Row(kind: .proxyPage, status: 502, accepted: 0),
            Row(kind: .unsuccessful, status: 200, accepted: 0),
            Row(kind: .revokeKey, status: 401, accepted: 0),
            Row(kind: .pauseTemplate, status: 422, accepted: 0),
        ]
    )
    func faults(_ row: Row) async throws {
        try await withSandboxUnderTest {
            $0.faults.others = [SandboxFault(row.kind, times: 1)]
        } _: { sandbox async throws in
            _ = try await sandbox.send(Self.hello)
            #expect(await sandbox.state.answerCounts == [row.status: 1])
            #expect(await sandbox.state.acceptedCount == row.accepted)
        }
    }

    @Test(
        "every code of Meta's comes in every shape, under its own status or another, and is found in it",
        arguments: MetaCode.table.map(\.numbers.lowerBound),
        MetaFault.Shape.allCases
    )
    func metaCodes(code: Int, shape: MetaFault.Shape) async throws {
        try await withSandboxUnderTest {
            $0.faults.others = [
                SandboxFault(.meta(MetaFault(code, shape: shape)), times: 1),
                SandboxFault(.meta(MetaFault(code, shape: shape, status: 503, retryAfter: .seconds(9)))),
            ]
        } _: { sandbox async throws in
            let (own, other) = (try await sandbox.send(Self.hello), try await sandbox.send(Self.hello))
            #expect(own.status == MetaCode.row(code)?.status ?? 400 && own.headers[.retryAfter] == nil)
            #expect(other.status == 503 && other.headers[.retryAfter] == "9")
            #expect(MetaCodeSearch.code(in: own.json) == code && own.json == other.json)
        }
    }

    @Test("an accepted message can be held back by Meta")
    func heldForQuality() async throws {
        try await withSandboxUnderTest {
            $0.faults.others = [SandboxFault(.heldForQuality, times: 1)]
        } _: { sandbox async throws in
            let held = try await sandbox.send(Self.hello).json["data"]?["message_status"]
            #expect(held == "held_for_quality_assessment")
            #expect(try await sandbox.send(Self.hello).json["data"]?["message_status"] == nil)
        }
    }

    @Test("a fault with a telephone strikes that one alone, and counts its requests alone")
    func onePhone() {
        var random = SeededGenerator(seed: 1)
        var plan = FaultPlan([SandboxFault(.proxyPage, skip: 1, times: 1, phone: "919812345670")])
        let phones = ["919812345671", "919812345670", nil, "919812345670", "919812345671", "919812345670"]
        let struck = phones.map { plan.next(to: $0, using: &random).strike != nil }
        #expect(struck == [false, false, false, true, false, false] && plan.entries[0].seen == 3)
    }

    @Test("Retry-After comes in seconds or as an HTTP date")
    func retryAfter() async throws {
        try await withSandboxUnderTest {
            $0.faults.others = [
                SandboxFault(.status(429, retryAfter: .seconds(7)), times: 1),
                SandboxFault(.status(429, retryAfter: .date(inSeconds: 60)), times: 1),
            ]
        } _: { sandbox async throws in
            #expect(try await sandbox.send(Self.hello).headers[.retryAfter] == "7")
            #expect(try await sandbox.send(Self.hello).headers[.retryAfter] == "Thu, 15 Jan 2026 04:31:00 GMT")
        }
    }

    @Test("a malformed body is no JSON; a proxy's page is HTML; an unsuccessful 200 says so")
    func bodies() async throws {
        try await withSandboxUnderTest { sandbox async throws in
            func answer(_ kind: SandboxFault.Kind) async throws -> SandboxUnderTest.Answer {
                await sandbox.state.setFaults([SandboxFault(kind)])
                return try await sandbox.send(Self.hello)
            }
            #expect(try await answer(.malformedBody).json == .null)
            #expect(try await answer(.proxyPage).text.hasPrefix("<!doctype html>"))
            #expect(try await answer(.unsuccessful).json["success"] == false)
        }
    }

    @Test("faults are set, shown with their counts, and cleared by request; a wrong one changes nothing")
    func byRequest() async throws {
        try await withSandboxUnderTest { sandbox async throws in
            let fault = #"{"kind": "status", "status": 500, "skip": 1, "times": 1}"#
            let set = try await sandbox.call(.put, "/sandbox/faults", #"{"faults": [\#(fault)]}"#)
            #expect(set.status == 200)
            var statuses: [Int] = []
            for _ in 0..<3 { statuses.append(try await sandbox.send(Self.hello).status) }
            #expect(statuses == [201, 500, 201])
            let wrong = try await sandbox.call(
                .put,
                "/sandbox/faults",
                #"{"faults": [\#(fault), {"kind": "gremlins"}]}"#
            )
            #expect(wrong.code == "BAD_FAULT")
            let shown = try await sandbox.call(.get, "/sandbox/faults").json["faults"]
            #expect(shown?[0]?["struck"] == 1)
            #expect(shown?[0]?["seen"] == 3)
            #expect(try await sandbox.call(.delete, "/sandbox/faults").status == 204)
            #expect(try await sandbox.call(.get, "/sandbox/faults").json["faults"] == [])
        }
    }

    @Test("a magic number does what the list says, for requests with a key only", arguments: MagicNumber.all)
    func magic(_ number: MagicNumber) async throws {
        try await withSandboxUnderTest { sandbox async throws in
            let body = #"{"type": "template", "phone": "\#(number.digits)", "templateName": "hello_world"}"#
            #expect(try await sandbox.send(body, headers: [.contentType: "application/json"]).status == 401)
            _ = try await sandbox.send(body)
            let isAccepted = number.meaning.contains("accepted") && !number.meaning.contains("not accepted")
            #expect(await sandbox.state.acceptedCount == (isAccepted ? 1 : 0))
            if case .status(let status, _) = number.kind { #expect(await sandbox.state.answerCounts[status] != nil) }
        }
    }

    @Test("docs/meta-codes.md lists every magic number with what happens, and no other")
    func listed() throws {
        let page = try String(
            contentsOf: URL(filePath: #filePath).appending(path: "../../../docs/meta-codes.md").standardized,
            encoding: .utf8
        )
        let rows = page.matches(of: /\| `(\d{11})` \| (.*) \|/).map { [String($0.1), String($0.2)] }
        #expect(rows == MagicNumber.all.map { [$0.digits, $0.meaning] })
    }

    @Test(
        "a fault's text and JSON forms say the same",
        arguments: [
            (
                "status,status=429,retryAfterSeconds=5,rate=0.25",
                SandboxFault(.status(429, retryAfter: .seconds(5)), rate: 0.25)
            ),
            ("meta,code=131056", SandboxFault(.meta(MetaFault(131_056)))),
            (
                "meta,code=4,shape=nested,status=429,retryAfterSeconds=5,retryAfterAsDate=true,phone=919812345670",
                SandboxFault(
                    .meta(MetaFault(4, shape: .nested, status: 429, retryAfter: .date(inSeconds: 5))),
                    phone: "919812345670"
                )
            ),
            ("heldForQuality,times=2", SandboxFault(.heldForQuality, times: 2)),
            ("latency,seconds=0.2", SandboxFault(.latency(.milliseconds(200)))),
            ("dropAfterAccepting,skip=3,times=1", SandboxFault(.dropAfterAccepting, skip: 3, times: 1)),
        ]
    )
    func notations(_ text: String, _ fault: SandboxFault) throws {
        #expect(try SandboxFault(text: text) == fault)
        #expect(try SandboxFault(json: fault.json) == fault)
    }

    @Test(
        "a wrong text is refused",
        arguments: [
            "", "gremlins", "status", "status,status=200", "latency,seconds=x", "proxyPage,rate=2", "proxyPage,what",
            "meta", "meta,code=x", "meta,code=1.5", "meta,code=-1", "meta,code=99999999", "meta,code=4,shape=round",
            "meta,code=4,status=199", "proxyPage,phone=asha", "proxyPage,phone=+919812345670",
        ]
    )
    func wrongTexts(_ text: String) {
        #expect(throws: PartnerError.self) { try SandboxFault(text: text) }
    }

    @Test("shares are drawn from the generator that the test gives")
    func shares() {
        func fates(_ seed: UInt64) -> [FaultPlan.Fate] {
            var random = SeededGenerator(seed: seed)
            var plan = FaultPlan([SandboxFault(.proxyPage, rate: 0.3), SandboxFault(.latency(.seconds(1)), rate: 0.5)])
            return (0..<1_000).map { _ in plan.next(using: &random) }
        }
        let drawn = fates(7)
        #expect(drawn == fates(7))
        #expect((250...350).contains(drawn.count { $0.strike != nil }))
        #expect((430...570).contains(drawn.count { $0.delay > .zero }))
    }

    @Test("the rate limit refuses what comes too fast, and says when to come back")
    func rateLimit() async throws {
        try await withSandboxUnderTest {
            $0.rateLimit = RateLimit(perSecond: 0.5, burst: 2)
        } _: { sandbox async throws in
            #expect(try await sandbox.send(Self.hello).status == 201)
            #expect(try await sandbox.call(.get, "/api/v1/public/templates").status == 200)
            let refused = try await sandbox.send(Self.hello)
            #expect(refused.status == 429)
            #expect(refused.code == "RATE_LIMITED")
            #expect(refused.headers[.retryAfter] == "2")
        }
        var limit = RateLimit(perSecond: 2, burst: 1)
        let start = Timestamp(seconds: 1_000)
        #expect(limit.take(at: start) == nil)
        #expect(limit.take(at: start) == .milliseconds(500))
        #expect(limit.take(at: start.advanced(by: .milliseconds(500))) == nil)
    }
}
