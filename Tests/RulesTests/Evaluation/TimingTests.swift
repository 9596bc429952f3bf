// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import Testing

@testable import Rules

/// What rules say about when and whether a message leaves.
///
/// The numbers are those of the decisions.
@Suite struct TimingTests {
    private let failed = """
          - name: failed
            event: payment.failed
            delay: 15m
            key: "{{ payment.order }}"
            cancel_when:
              event: [payment.captured, order.paid]
              match: {status: [captured]}
              key: "{{ payment.order }}"
            let: {payment: "{{ payload }}"}
            to: "{{ payment.phone }}"
            send: {text: "{{ payment.amount }}"}
        """

    private func body(_ order: String, status: String = "captured") -> String {
        #"{"status": "\#(status)", "payload": {"order": \#(order), "phone": "9845061237", "amount": 5}}"#
    }

    private func evaluate(_ rules: RuleSet, _ type: String, _ body: String) throws -> Evaluation {
        rules.evaluate(try Shop.event(type, body), in: Shop.context())
    }

    // MARK: delay

    @Test(
        "6: an instant has an offset or is Unix time",
        arguments: [
            (#""2026-01-15T12:30:00+05:30""#, "2026-01-15T07:00:00.000Z"),
            (#""2026-01-15T07:00:00Z""#, "2026-01-15T07:00:00.000Z"), ("1768460400", "2026-01-15T07:00:00.000Z"),
            ("1768460400000", "2026-01-15T07:00:00.000Z"), (#""1768460400""#, "2026-01-15T07:00:00.000Z"),
        ]
    )
    func instants(at: String, due: String) throws {
        let rules = try Shop.rules(#"  - {name: r, delay: "{{ at }}", to: "+919845061237", send: {text: a}}"#)
        let evaluation = try evaluate(rules, "x", #"{"at": \#(at)}"#)
        #expect(evaluation.messages.map { $0.terms.dueAt?.rfc3339 } == [due])
    }

    @Test(
        "6: a text without zone is refused with its path",
        arguments: ["2026-01-15T12:30:00", "2026-01-15 12:30:00", "2026-01-15T12:30", "2026-01-15"]
    )
    func withoutZone(text: String) throws {
        let rules = try Shop.rules(#"  - {name: r, delay: "{{ visit.at }}", to: "+919845061237", send: {text: a}}"#)
        let evaluation = try evaluate(rules, "x", #"{"visit": {"at": "\#(text)"}}"#)
        let reason =
            "'delay' gives '\(text)' from 'visit.at', a time without zone; expected an offset such as +05:30, or Z"
        #expect(evaluation.refusals.map(\.refusal.reason) == [reason])
        #expect(evaluation.refusals.map(\.refusal.path) == ["visit.at"])
    }

    @Test("5: a time that is past is kept as it is, for whoever stores the message to say so")
    func past() throws {
        let rules = try Shop.rules(#"  - {name: r, delay: "{{ at }}", to: "+919845061237", send: {text: a}}"#)
        let event = try Shop.event("x", #"{"at": "2026-01-14T00:00:00Z"}"#)
        #expect(rules.evaluate(event, in: Shop.context()).messages.map { $0.terms.dueAt?.seconds } == [1_768_348_800])
        #expect(
            rules.explain(event, in: Shop.context()).text
                == "r: matched: sends a text to …37 (an international number of IN); its delay is past, so it is due now\n"
        )
    }

    // MARK: key

    @Test("14: an empty or missing key refuses the message with its path, as an undefined value of when_changed does")
    func keys() throws {
        let rules = try Shop.rules(
            """
              - name: r
                key: "{{ order.id }}"
                when_changed: "{{ order.status }}"
                to: "+919845061237"
                send: {text: a}
            """
        )
        func reasons(_ order: String) throws -> [String] {
            Shop.reasons(rules, try Shop.event("x", #"{"order": \#(order)}"#))
        }
        #expect(
            try reasons(#"{"id": " ", "status": "paid"}"#) == ["bad_key: the key of 'key' is empty, from 'order.id'"]
        )
        #expect(try reasons(#"{"status": "paid"}"#).first?.contains("order.id") == true)
        #expect(try reasons(#"{"id": null, "status": "paid"}"#).first?.hasPrefix("undefined_value") == true)
        #expect(try reasons(#"{"id": 1}"#).first?.contains("order.status") == true)
        #expect(try reasons(#"{"id": 1, "status": "paid"}"#) == [])
    }

    @Test(
        "14: a key is the exact text: 1 is \"1\", and not 1.0",
        arguments: [("1", "1"), (#""1""#, "1"), ("1.0", "1.0")]
    )
    func exactKeys(order: String, key: String) throws {
        let rules = try Shop.rules(failed)
        #expect(try evaluate(rules, "payment.failed", body(order)).messages.map(\.terms.key) == [key])
        let cancellations = try evaluate(rules, "order.paid", body(order)).sideEffects.cancellations
        #expect(cancellations == [Cancellation(rule: "failed", key: key, delay: .seconds(900))])
    }

    // MARK: cancel_when

    @Test("an event calls off by its type and its pattern, and nothing without a key")
    func cancelling() throws {
        let rules = try Shop.rules(failed)
        func keys(_ type: String, _ body: String) throws -> [String] {
            try evaluate(rules, type, body).sideEffects.cancellations.map(\.key)
        }
        #expect(try keys("payment.captured", body("7")) == ["7"])
        #expect(try keys("payment.captured", body("7", status: "created")) == [])
        #expect(try keys("refund.created", body("7")) == [])
        #expect(try keys("payment.failed", body("7")) == [])
        let without = try evaluate(rules, "order.paid", body("null"))
        #expect(without.sideEffects == SideEffects(keyless: without.keyless), "it leaves nothing but a trace")
        #expect(without.keyless.map(\.rule) == ["failed"])
        #expect(without.keyless.first?.reason.isEmpty == false)
        #expect(without.cancelling.count == 1, "the event was meant")
        #expect(without.isEmpty)
    }

    @Test("what is switched off, stopped before or of another source")
    func whose() throws {
        let first = "  - {name: first, stop: true, to: '+919845061237', send: {text: a}}\n"
        let rules = try Shop.rules(first + failed.replacing("name: failed", with: "name: failed\n    enabled: false"))
        let evaluation = try evaluate(rules, "order.paid", body("7"))
        #expect(evaluation.outcomes.map(\.rule) == ["first"])
        #expect(evaluation.sideEffects.cancellations.map(\.rule) == ["failed"], "8: what waits of it may go")
        let other = rules.evaluate(try Shop.event("order.paid", body("7"), source: "erp"), in: Shop.context())
        #expect(other.isEmpty)
    }

    @Test("12: an event that makes a message of the rule itself calls off nothing that comes after it")
    func own() throws {
        let rules = try Shop.rules(
            """
              - name: last
                event: cart.updated
                delay: 1h
                key: "{{ id }}"
                cancel_when: {event: cart.updated, key: "{{ id }}"}
                to: "+919845061237"
                send: {text: a}
            """
        )
        let evaluation = try evaluate(rules, "cart.updated", #"{"id": 1}"#)
        #expect(evaluation.messages.count == 1)
        #expect(evaluation.sideEffects.cancellations.map(\.reach) == [nil])
    }

    @Test("11: where each message has a time of its own, what comes first holds for seven days")
    func computedDelay() throws {
        let rules = try Shop.rules(failed.replacing("delay: 15m", with: #"delay: "{{ at }}""#))
        let cancellations = try evaluate(rules, "order.paid", body("7")).sideEffects.cancellations
        #expect(cancellations.map(\.reach) == [.seconds(7 * 86_400)])
    }

    @Test("of two thousand rules that others call off, an event meets its own alone")
    func many() throws {
        let others = (0..<2_000).map { number in
            failed.replacing("name: failed", with: "name: r\(number)").replacing("order.paid", with: "t\(number)")
                .replacing("payment.captured", with: "u\(number)")
        }
        let rules = try Shop.rules((others + [failed]).joined(separator: "\n"))
        #expect(try evaluate(rules, "order.paid", body("7")).sideEffects.cancellations.map(\.rule) == ["failed"])
    }

    // MARK: when_changed

    @Test("15: what is found is told whether or not the message could be built, with the sender's time")
    func changes() throws {
        let rules = try Shop.rules(
            """
              - name: status
                for_each: "{{ parcels }}"
                key: "{{ item.id }}"
                when_changed: "{{ item.status }}"
                to: "{{ phone }}"
                send: {text: "{{ item.status }}"}
            """
        )
        let body = #"{"phone": "no number", "parcels": [{"id": 1, "status": "sent"}, {"id": 2, "status": "lost"}]}"#
        let time = Shop.now.advanced(by: .seconds(-60))
        let evaluation = rules.evaluate(try Shop.event("x", body, happened: time), in: Shop.context())
        #expect(evaluation.messages.isEmpty)
        #expect(
            evaluation.sideEffects.changes == [
                Change(rule: "status", key: "1", value: "sent", time: time),
                Change(rule: "status", key: "2", value: "lost", time: time, number: 1),
            ]
        )
        let arrival = rules.evaluate(try Shop.event("x", body), in: Shop.context())
        #expect(arrival.sideEffects.changes.map(\.time) == [nil, nil], "its sender says no time")
    }

    @Test("two elements with one text are two messages where they are about two things")
    func sameTexts() throws {
        let rules = try Shop.rules(
            """
              - name: status
                for_each: "{{ ids }}"
                key: "{{ item }}"
                when_changed: "{{ status }}"
                to: ["+919845061237", "+919845061237"]
                send: {text: "{{ status }}"}
            """
        )
        let evaluation = try evaluate(rules, "x", #"{"ids": [1, 2], "status": "sent"}"#)
        #expect(evaluation.messages.map(\.terms.change?.key) == ["1", "2"])
    }

    // MARK: explain

    @Test("explain says what waits for whom, and what an event calls off or cannot")
    func explaining() throws {
        let rules = try Shop.rules(
            failed + "\n" + #"  - {name: status, key: "{{ payload.order }}", when_changed: "{{ status }}", "#
                + #"to: "{{ payload.phone }}", send: {text: a}}"#
        )
        func told(_ type: String, _ body: String) throws -> [Substring] {
            rules.explain(try Shop.event(type, body), in: Shop.context()).text.split(separator: "\n")
        }
        let due = Shop.now.advanced(by: .seconds(900)).rfc3339
        let sends = "sends a text to …37 (read in IN, which the file's defaults state)"
        let changed = "status: matched: \(sends); when_changed: only if 'captured' is not the last that is known of '7'"
        #expect(
            try told("payment.failed", body("7"))
                == [
                    "failed: matched: \(sends); it waits for \(due), unless an event calls off '7' before",
                    changed[...],
                ]
        )
        let other = "failed: no match: it is for 'payment.failed', and the event is 'order.paid'; cancel_when: "
        #expect(
            try told("order.paid", body("7")) == [
                other + "calls off what has not left under the key '7'", changed[...],
            ]
        )
        let without = try told("order.paid", body("null")).first ?? ""
        #expect(without.hasPrefix(other + "the event is meant, and calls off nothing: "))
        #expect(without.contains("payment.order"))
    }
}
