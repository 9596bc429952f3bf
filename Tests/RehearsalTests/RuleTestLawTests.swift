// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import Messages
import Rehearsal
import TestSupport
import Testing

/// The law of facts through the door of `rules test`; `OutboxStoreTests` asks the same of the store.
@Suite struct RuleTestLawTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    @Test("a sequence of events lists what the store would let leave", arguments: FactLaw.table)
    func sequence(law: FactLaw) throws {
        #expect(try folder.failures(inRules: text(of: law)) == [[]])
    }

    /// A rule file with one rule, whose test is the law's sequence.
    private func text(of law: FactLaw) -> String {
        let start = Timestamp(seconds: 1_768_451_400)
        func time(_ seconds: Int) -> String { start.advanced(by: .seconds(seconds)).rfc3339 }
        let events = law.events.enumerated().map { number, arrival in
            let body = #"{id: 1001, n: "\#(number)", due: "\#(time(arrival.due ?? arrival.at))"}"#
            return "          - {type: order.paid, at: \(time(arrival.at)), body: \(body)}"
        }
        let shadow = law.mode == .shadow ? ", shadow: true" : ""
        let expected = law.events.enumerated().filter(\.element.leaves).map { number, _ in
            #"          - {to: "919845061237", text: "\#(number)"\#(shadow)}"#
        }
        let expiry = law.expiresAfter.map { "    expires_after: \($0.components.seconds)s\n" } ?? ""
        return """
            version: 1
            source: shop
            rules:
              - name: told
                event: order.paid
                once_per: "{{ id }}"
                once_within: \(law.window.components.seconds)s
                delay: "{{ due }}"
                mode: \(law.mode.rawValue)
                to: "+919845061237"
                send: {text: "{{ n }}"}
                tests:
                  - events:

            """.replacing("    tests:", with: expiry + "    tests:")
                + events.joined(separator: "\n")
                + "\n        expect:\n"
                + expected.joined(separator: "\n") + "\n"
    }
}
