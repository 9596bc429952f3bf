// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Foundation
import HTTPTypes
import HooklineApp
import Messages
import Outbox
import PartnerAPI
import Sandbox
import TestSupport
import Testing

/// Numbers 35, 36 and 38: events of the past against mended rules, by the command and the service that owns the store.
@Suite("hookline events replay", .timeLimit(.minutes(10)))
struct ReplayCommandTests {
    private static let rules = """
        version: 1
        source: orders
        rules:
          - name: paid
            event: order.paid
            once_per: "{{ id }}"
            expires_after: 1h
            to: "{{ phone }}"
            send: {text: "Thank you, {{ nmae }}"}
          - name: dunning
            event: order.unpaid
            key: "{{ order }}"
            cancel_when: {event: order.paid, key: "{{ order }}"}
            to: "{{ phone }}"
            send: {text: "Please pay, {{ nmae }}"}
        """
    private static let mended = rules.replacing("nmae", with: "name")

    private func body(_ event: String, _ order: Int) -> String {
        let id = "\(event) \(order)"
        return
            #"{"event": "\#(event)", "id": "\#(id)", "order": \#(order), "phone": "98450612\#(30 + order)", "name": "Meera"}"#
    }

    private func replay(_ hookline: HooklineUnderTest, _ arguments: String...) async throws -> ProgramRun {
        try await hookline.command(["events", "replay"] + arguments)
    }

    @Test("messages that could not be built are sent once their rule is mended, each once, and the paid are not dunned")
    func mendedRule() async throws {
        try await withHookline(HooklineSetup(rules: ["rules.yaml": Self.rules])) { hookline in
            for id in 1...3 { try await hookline.post(body("order.unpaid", id), source: "orders") }
            try await hookline.post(body("order.paid", 1), source: "orders")
            try await hookline.change(rules: Self.mended)

            let dry = try await replay(hookline, "--failed", "--dry-run")
            #expect(dry.exitCode == 0 && dry.errors == "")
            // The command goes by the machine's clock, which is long past the rule's hour.
            let late = "1 would not leave: too late by now; with --as-of now expiries count from now\n"
            let plan = "4 events: 3 messages would be made\n  3 by dunning\n" + late
            #expect(dry.output.hasPrefix(plan + "\nby the rules alone, as each event came:\n"))
            #expect(dry.output.contains("it could not be built: ") && !dry.output.contains("98450612"))
            let asked = try await replay(hookline, "--failed")
            #expect(asked.exitCode == 1 && asked.output == plan)
            #expect(asked.errors == "nothing was done; --yes does it\n")
            let none = try await replay(hookline)
            #expect(none.exitCode == 64)

            let begun = try await replay(hookline, "--failed", "--yes", "--detach", "--why", "mended", "--key", "k")
            #expect(begun.exitCode == 0, "\(begun.errors)")
            let twice = try await replay(hookline, "--failed", "--yes", "--detach", "--key", "k")
            #expect(twice.output == begun.output)
            let job = try await hookline.job(until: .done)
            #expect(job.order.why == "mended" && !job.order.who.isEmpty)
            #expect(job.tally == [.events: 4, .made: 3, .held: 1], "who has paid is not asked to pay")
            let texts = await hookline.partner.received(atLeast: 3).compactMap(\.request.text)
            #expect(texts.sorted() == ["Please pay, Meera", "Please pay, Meera", "Thank you, Meera"])

            let again = try await replay(hookline, "--all", "--json")
            let json = try JSON(parsing: again.output)
            #expect(json["made"]?.number?.int == 0 && json["told"]?.number?.int == 4)
            #expect(json["messages"]?.array?.map { $0["result"] } == Array(repeating: "told", count: 4))
        }
    }

    @Test("38: an expiry counts from when the event came, and from now where that is wanted")
    func asOfNow() async throws {
        try await withHookline(HooklineSetup(rules: ["rules.yaml": Self.rules])) { hookline in
            try await hookline.post(body("order.paid", 1), source: "orders")
            await hookline.clock.advance(by: .seconds(7_200))
            try await hookline.change(rules: Self.mended)
            let expired = try await replay(hookline, "--all", "--yes", "--detach")
            let late = "1 would not leave: too late by now; with --as-of now expiries count from now\n"
            #expect(expired.exitCode == 0 && expired.output == "1 event: 0 messages would be made\n" + late)
            #expect(try await hookline.command(["jobs", "list", "--json"]).output == "[]\n")
            _ = try await replay(hookline, "--all", "--as-of", "now", "--yes", "--detach")
            let sent = try await hookline.job(until: .done)
            #expect(sent.tally == [.events: 1, .made: 1])
            _ = await hookline.partner.received(atLeast: 1)
        }
    }

    @Test("36: a rule under another name is warned about before it tells everybody again")
    func renamedRule() async throws {
        let rules = Self.mended.split(separator: "\n").filter { !$0.contains("expires_after") }.joined(separator: "\n")
        try await withHookline(HooklineSetup(rules: ["rules.yaml": rules])) { hookline in
            for id in 1...2 { try await hookline.post(body("order.paid", id), source: "orders") }
            _ = await hookline.partner.received(atLeast: 2)
            await hookline.observer.settled(.accepted, count: 2)
            try await hookline.change(rules: rules.replacing("name: paid", with: "name: thanks"))
            let asked = try await replay(hookline, "--all")
            let warning =
                "warning: thanks looks new, and like 'paid' under another name: 2 messages would be sent again\n"
            #expect(asked.output == "2 events: 2 messages would be made\n  2 by thanks\n" + warning)
        }
    }
}
