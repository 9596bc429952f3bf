// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import Outbox
import PartnerAPI
import TestSupport
import Testing

@testable import Delivery

@Suite("What of an account must not leave for now")
struct HoldsTests {
    private let start = TestClock().now
    private let asha = Addressee(recipient: 1, template: nil, isMarketing: false)
    private let ravi = Addressee(recipient: 2, template: nil, isMarketing: false)

    private func later(_ seconds: Int64) -> Timestamp { start.advanced(by: .seconds(seconds)) }

    private func row(_ number: Int) throws -> MetaCode { try #require(MetaCode.row(number)) }

    private func marketing(_ recipient: Int, _ template: String = "sale") -> Addressee {
        Addressee(recipient: recipient, template: template, isMarketing: true)
    }

    @Test("number 50: a pair waits 1, 4, 16, … s as it is throttled in a row, up to 18 hours")
    func levels() throws {
        var holds = Holds()
        var (now, waits) = (start, [Int64]())
        for _ in 0..<11 {
            let until = try #require(holds.struck(try row(131_056), asha, began: now, at: now))
            waits.append(now.duration(to: until).components.seconds)
            now = until
        }
        #expect(waits == [1, 4, 16, 64, 256, 1_024, 4_096, 16_384, 65_536, 65_536, 65_536])
        holds.accepted(asha, began: now.advanced(by: .seconds(1)))
        let fresh = now.advanced(by: .seconds(2))
        let until = try #require(holds.struck(try row(131_056), asha, began: fresh, at: fresh))
        #expect(fresh.duration(to: until) == .seconds(1), "from the start, after one was accepted")
    }

    @Test("others go on while a pair waits; its own messages get places six seconds apart")
    func places() throws {
        var holds = Holds()
        #expect(holds.isEmpty)
        #expect(holds.struck(try row(131_056), asha, began: start, at: start) == later(1))
        #expect(!holds.isEmpty && holds.hold(ravi, at: start) == nil)
        let places = (0..<4).map { _ in holds.hold(asha, at: start)?.until }
        #expect(places == [later(7), later(13), later(19), later(25)])
        // The one that was throttled leaves first, then each at its place; who comes between waits behind all.
        #expect(holds.hold(asha, at: later(1)) == nil)
        #expect(holds.hold(asha, at: later(2))?.until == later(31))
        for place in [later(7), later(13), later(19), later(25), later(31)] {
            #expect(holds.hold(asha, at: place) == nil)
        }
        #expect(holds.hold(asha, at: later(60)) == nil)
        #expect(holds.hold(asha, at: later(63))?.until == later(66))
    }

    @Test("a late report of what is known takes no place of the pair")
    func lateReports() throws {
        var holds = Holds()
        _ = holds.struck(try row(131_056), asha, began: start, at: start)
        for _ in 0..<5 { holds.heard(try row(131_056), asha, taken: later(-10), at: later(0)) }
        #expect(holds.hold(asha, at: start)?.until == later(7))
        holds.heard(try row(131_056), asha, taken: later(2), at: later(2))
        #expect(holds.hold(asha, at: later(2))?.until == later(12), "what left after it makes the wait longer")
    }

    @Test("what had left before a throttle adds nothing to the wait, and waits for a place")
    func underWay() throws {
        var holds = Holds()
        _ = holds.struck(try row(131_056), asha, began: later(-1), at: start)
        let places = try (0..<3).map { _ in holds.struck(try row(131_056), asha, began: later(-1), at: later(0)) }
        #expect(places == [later(7), later(13), later(19)])
    }

    @Test("number 49: fifty messages to a throttled recipient leave six seconds apart, between others at full rate")
    func fifty() throws {
        var holds = Holds()
        _ = holds.struck(try row(131_056), asha, began: start, at: start)
        var due: [(at: Timestamp, id: Int)] = (0..<50).map { (start, $0) }
        var left: [(at: Timestamp, id: Int)] = []
        var looks = 0
        while !due.isEmpty {
            due.sort { ($0.at, $0.id) < ($1.at, $1.id) }
            let next = due.removeFirst()
            looks += 1
            #expect(holds.hold(ravi, at: next.at) == nil)
            if let hold = holds.hold(asha, at: next.at) { due.append((hold.until, next.id)) } else { left.append(next) }
        }
        #expect(left.map(\.id) == Array(0..<50), "in their order")
        let gaps = zip(left, left.dropFirst()).map { $0.at.duration(to: $1.at) }
        #expect(gaps.allSatisfy { $0 >= Holds.gap })
        #expect(looks == 100, "each is looked at twice")
    }

    @Test("131049 holds marketing to the recipient for a day, of every template, and nothing else")
    func marketingCap() throws {
        var holds = Holds()
        #expect(holds.struck(try row(131_049), marketing(1), began: start, at: start) == later(86_400))
        let hold = holds.hold(marketing(1, "news"), at: later(10))
        #expect(hold?.until == later(86_400))
        #expect(
            hold?.reason
                == "held back: this recipient has had enough marketing from businesses for now (Meta's code 131049)"
        )
        #expect(holds.hold(marketing(2), at: later(10)) == nil)
        #expect(holds.hold(Addressee(recipient: 1, template: "order_paid", isMarketing: false), at: later(10)) == nil)
        #expect(holds.hold(marketing(1), at: later(86_400)) == nil)
        _ = holds.struck(try row(131_049), marketing(1), began: later(90_000), at: later(90_000))
        #expect(holds.hold(marketing(1), at: later(90_001))?.until == later(176_400), "each time for a day")
    }

    @Test("a paused template goes on when it is approved by a later reading, and waits on while it is not (50)")
    func approval() throws {
        var holds = Holds()
        let code = try row(132_015)
        _ = holds.struck(code, marketing(1, "sale"), began: start, at: start)
        _ = holds.struck(code, marketing(2, "news"), began: start, at: start)
        #expect(holds.lookAtTemplates({ _, _ in nil }, at: later(60)) == [], "nothing was read since")
        let asked = holds.lookAtTemplates({ name, after in after == start ? name == "news" : nil }, at: later(10_000))
        #expect(asked == ["news"])
        #expect(holds.hold(marketing(3, "news"), at: later(10_001)) == nil)
        let held = holds.hold(marketing(3, "sale"), at: later(10_900))
        #expect(held?.until == later(20_800) && held?.condition == "template:sale" && held?.isOfTemplate == true)
        #expect(holds.lookAtTemplates({ _, _ in true }, at: later(11_000)) == ["sale"])
        #expect(holds.lookAtTemplates({ _, _ in true }, at: later(11_001)) == [])
    }

    @Test("what waits is told by template and by the number of recipients, with time and code, until it is over")
    func waits() throws {
        var holds = Holds()
        for recipient in 1...3 {
            let one = Addressee(recipient: recipient, template: nil, isMarketing: false)
            _ = holds.struck(try row(131_056), one, began: start, at: start)
        }
        _ = holds.struck(try row(131_049), marketing(9), began: start, at: start)
        _ = holds.struck(try row(132_015), marketing(8, "sale"), began: start, at: start)
        let waits = holds.waits(at: start)
        #expect(waits.map(\.what) == ["template sale", "recipients", "marketing to recipients"])
        #expect(waits.map(\.count) == [1, 3, 1])
        #expect(waits.map(\.until) == [later(10_800), later(7), later(86_400)])
        #expect(waits.allSatisfy { $0.reason.contains("(Meta's code 13") })
        #expect(holds.waits(at: later(20_000)).map(\.what) == ["marketing to recipients"])
        #expect(holds.waits(at: later(90_000)).isEmpty)
    }

    @Test("132015 holds the template for three hours, then for six, and another template goes on")
    func pausedTemplate() throws {
        var holds = Holds()
        let code = try row(132_015)
        #expect(holds.struck(code, marketing(1), began: start, at: start) == later(10_800))
        #expect(holds.struck(code, marketing(2), began: later(-1), at: later(1)) == later(10_800), "was on its way")
        #expect(holds.hold(marketing(3), at: later(5))?.until == later(10_800))
        #expect(holds.hold(marketing(3, "news"), at: later(5)) == nil)
        #expect(holds.hold(marketing(3), at: later(10_800)) == nil)
        let again = holds.struck(code, marketing(3), began: later(10_800), at: later(10_801))
        #expect(again == later(10_801 + 21_600))
        holds.accepted(marketing(3), began: later(40_000))
        #expect(holds.hold(marketing(3), at: later(20_000)) == nil)
    }

    @Test(
        "a stopped part holds its messages until a person resumes it",
        arguments: [MetaCode.Part.marketing, .templates]
    )
    func stops(part: MetaCode.Part) {
        var holds = Holds()
        #expect(holds.stop(part, because: "spam", began: start, at: start) == true)
        #expect(holds.stop(part, because: "spam", began: start, at: later(9)) == false, "stopped already")
        let held = HeldBack(
            until: later(3_610),
            reason: "spam; it waits for a person",
            waitsForTime: false,
            condition: part.rawValue
        )
        #expect(holds.hold(marketing(1), at: later(10)) == held)
        let utility = Addressee(recipient: 1, template: "order_paid", isMarketing: false)
        #expect(holds.hold(utility, at: later(10)) == (part == .templates ? held : nil))
        #expect(holds.hold(asha, at: later(10)) == nil)
        #expect(holds.stops[part]?.since == start)
        #expect(holds.resume(at: later(10)) == [part] && holds.isEmpty)
        #expect(holds.hold(marketing(1), at: later(10)) == nil)
    }

    @Test("memory is bounded: of ten thousand recipients more, each message waits by itself, and old ones make room")
    func bounded() throws {
        var holds = Holds()
        let code = try row(131_056)
        for recipient in 0..<(Holds.capacity + 10) {
            let one = Addressee(recipient: recipient, template: nil, isMarketing: false)
            #expect(holds.struck(code, one, began: start, at: start) == later(1))
        }
        let last = Addressee(recipient: Holds.capacity + 9, template: nil, isMarketing: false)
        #expect(holds.hold(last, at: start) == nil && holds.hold(asha, at: start) != nil)
        #expect(holds.struck(code, last, began: later(4_000), at: later(4_000)) == later(4_001))
        #expect(holds.hold(last, at: later(4_000)) != nil)
    }

    @Test(
        "a message is known by its recipient's hash and its template; a category tells marketing, an unknown one does, too"
    )
    func addressees() throws {
        let hints = TemplateHints(
            category: { name, _ in ["sale": "MARKETING", "order_paid": "UTILITY"][name] },
            doubt: {}
        )
        func addressee(_ body: String, to recipient: String? = "phone:919812345670") -> Addressee {
            let request = RenderedRequest(kept: Array(body.utf8))
            let message = ClaimedMessage(
                id: MessageID(at: start),
                event: EventID(at: start),
                rule: "r",
                account: "main",
                request: request,
                claim: 1,
                claimedAt: start,
                leaseEnds: start,
                attempts: 0,
                agesFrom: start,
                expiresAt: nil,
                onUncertain: .retry,
                recipient: recipient
            )
            return Addressee(message, hints)
        }
        let sale = addressee(#"{"type":"template","phone":"919812345670","templateName":"sale"}"#)
        let paid = addressee(#"{"type":"template","phone":"919812345670","templateName":"order_paid"}"#)
        let other = addressee(
            #"{"type":"template","phone":"919812345671","templateName":"new"}"#,
            to: "phone:919812345671"
        )
        let text = addressee(#"{"type":"text","contactId":"919812345670","content":"Hi"}"#, to: "contact:919812345670")
        #expect([sale, paid, other, text].map(\.isMarketing) == [true, false, true, false])
        #expect([sale, paid, other, text].map(\.template) == ["sale", "order_paid", "new", nil])
        #expect(sale.recipient == paid.recipient && Set([sale, other, text].map(\.recipient)).count == 3)
        #expect(!"\(sale)".contains("919812345670"))
        let numbered = #"{"type":"text","phone":"919812345670","phoneNumberId":"n1","content":"Hi"}"#
        #expect(addressee(numbered).recipient == sale.recipient && addressee(numbered).pair != sale.pair)
        #expect(sale.pair == paid.pair)
        #expect(addressee("no JSON") == addressee("{}"))
        #expect(addressee("{}", to: nil) != addressee("{}", to: nil), "of whom nothing is known nobody else is held")
    }
}

@Suite("How often a message may meet a code")
struct TriesTests {
    private let id = MessageID(at: TestClock().now)

    @Test(
        "the last try that a code allows is a refusal",
        arguments: [(131_000, 5), (1, 5), (135_000, 3), (131_052, 2), (131_053, 2)]
    )
    func retryable(code: Int, most: Int) {
        var tries = Tries()
        let detail = AttemptDetail(status: 400, code: "meta_\(code)", reason: "no")
        let outcome = Outcome.retryable(detail, retryAfter: nil)
        for _ in 1..<most { #expect(tries.counted(outcome, of: id) == outcome) }
        let last = AttemptDetail(status: 400, code: "meta_\(code)", reason: "no; it was tried \(most) times")
        #expect(tries.counted(outcome, of: id) == .refused(last))
        #expect(tries.counted(outcome, of: id) == outcome, "a person's retry begins anew")
    }

    @Test("131049 gets two tries; other messages and codes without a bound are not counted")
    func held() {
        var tries = Tries()
        let other = MessageID(at: TestClock().now)
        let held = Outcome.held(AttemptDetail(code: "meta_131049", reason: "no"), for: .seconds(86_400))
        let later = Outcome.retryable(AttemptDetail(code: "http_503", reason: "later"), retryAfter: nil)
        #expect(tries.counted(held, of: id) == held && tries.counted(held, of: other) == held)
        for _ in 0..<20 { #expect(tries.counted(later, of: id) == later) }
        #expect(tries.counted(held, of: id).name == .refused)
        #expect(tries.counted(.accepted(partnerID: "m"), of: other) == .accepted(partnerID: "m"))
        #expect(tries.counted(held, of: other) == held)
    }
}
