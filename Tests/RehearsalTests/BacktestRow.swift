// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Testing

/// What becomes of the past when the rules change.
struct BacktestRow: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let rules: String
    let counts: String
    /// The differences, one a line.
    let differences: [String]
    var notes: [String] = []
}

extension BacktestRow {
    static let paid = """
          - name: paid
            event: order.paid
            once_per: "{{ id }}"
            to: "{{ phone }}"
            send: {text: "{{ name }}, we have {{ total }} for order {{ id }}"}
        """
    static let reminder = """
          - name: reminder
            event: order.open
            delay: 1h
            to: "{{ phone }}"
            send: {text: "Still there?"}
        """
    static let silent = """
          - name: silent
            mode: shadow
            to: "{{ phone }}"
            send: {text: "Seen"}
        """
    static let all = [paid, reminder, silent].joined(separator: "\n")

    static let table: [BacktestRow] = [
        BacktestRow(
            testDescription: "another text is a change, whose numbers are hidden",
            rules: [paid.replacing("we have {{ total }} for", with: "call 080-4718-9900 about"), reminder, silent]
                .joined(separator: "\n"),
            counts: counts(same: 1, changed: 1),
            differences: [
                "changed evt_1 paid to …37: content: Meera, we have 12.00 for order 1001 → Meera, call [number] about order 1001"
            ]
        ),
        BacktestRow(
            testDescription: "another delay moves a message",
            rules: [paid, reminder.replacing("1h", with: "2h"), silent].joined(separator: "\n"),
            counts: counts(same: 1, moved: 1),
            differences: ["moved evt_4 reminder to …37: 2026-01-15T05:33:00.000Z → 2026-01-15T06:33:00.000Z"]
        ),
        BacktestRow(
            testDescription: "a delay that is gone has a message leave at once",
            rules: [paid, reminder.replacing("    delay: 1h\n", with: ""), silent].joined(separator: "\n"),
            counts: counts(same: 1, moved: 1),
            differences: ["moved evt_4 reminder to …37: 2026-01-15T05:33:00.000Z → at once"]
        ),
        BacktestRow(
            testDescription: "a rule that is gone removes its messages",
            rules: [paid, silent].joined(separator: "\n"),
            counts: counts(same: 1, removed: 1),
            differences: ["removed evt_4 reminder to …37: the rule is not there any more"],
            notes: ["reminder: the rule is not there any more"]
        ),
        BacktestRow(
            testDescription: "a rule that is switched off removes its messages",
            rules: [paid, reminder + "\n    enabled: false", silent].joined(separator: "\n"),
            counts: counts(same: 1, removed: 1),
            differences: ["removed evt_4 reminder to …37: the rule is switched off"],
            notes: ["reminder: the rule is switched off"]
        ),
        BacktestRow(
            testDescription: "a rule that only records now removes its messages",
            rules: [paid, reminder + "\n    mode: shadow", silent].joined(separator: "\n"),
            counts: counts(same: 1, removed: 1),
            differences: [
                "removed evt_4 reminder to …37: it does not leave: shadow mode: otherwise it would be sent"
            ],
            notes: ["reminder: the rule is in shadow mode: it only records"]
        ),
        BacktestRow(
            testDescription: "a rule that begins to send adds what it only recorded",
            rules: [paid, reminder, silent.replacing("    mode: shadow\n", with: "    event: order.open\n")]
                .joined(separator: "\n"),
            counts: counts(same: 2, added: 1),
            differences: ["added evt_4 silent to …37: it did not leave: shadow mode: otherwise it would be sent"]
        ),
        BacktestRow(
            testDescription: "a new rule adds messages",
            rules: [all, "  - {name: open, event: order.open, to: '{{ phone }}', send: {text: Hello}}"]
                .joined(separator: "\n"),
            counts: counts(same: 2, added: 1),
            differences: ["added evt_4 open to …37: the rule is new"],
            notes: ["open: the rule is new"]
        ),
        BacktestRow(
            testDescription: "another key tells a thing again that was told",
            rules: [paid.replacing(#""{{ id }}""#, with: #""{{ id }} {{ n }}""#), reminder, silent]
                .joined(separator: "\n"),
            counts: counts(same: 2, added: 1),
            differences: ["added evt_2 paid to …37: it did not leave: the same is told by …"]
        ),
        BacktestRow(
            testDescription: "a rule that is mended adds what could not be built",
            rules: [
                paid.replacing(#"to: "{{ phone }}""#, with: #"to: "{{ phone | replace: 'none', '9845061238' }}""#),
                reminder, silent,
            ].joined(separator: "\n"),
            counts: counts(same: 2, added: 1),
            differences: ["added evt_3 paid to …38: it could not be built: …"]
        ),
        BacktestRow(
            testDescription: "a rule that breaks removes what was built",
            rules: [paid.replacing("{{ total }}", with: "{{ sum }}"), reminder, silent].joined(separator: "\n"),
            counts: counts(same: 1, removed: 1),
            differences: ["removed evt_1 paid to …37: it cannot be built: …"]
        ),
        BacktestRow(
            testDescription: "a rule under another name would tell everything again, and is suspected",
            rules: [paid.replacing("name: paid", with: "name: order-paid"), reminder, silent].joined(separator: "\n"),
            counts: counts(same: 1, added: 1, removed: 1),
            differences: [
                "removed evt_1 paid to …37: the rule is not there any more",
                "added evt_1 order-paid to …37: the rule is new",
            ],
            notes: [
                "order-paid: the rule looks new, and like 'paid' under another name: 1 message would be sent again",
                "paid: the rule is not there any more",
            ]
        ),
    ]

    static func counts(
        same: Int = 0,
        added: Int = 0,
        removed: Int = 0,
        changed: Int = 0,
        moved: Int = 0,
        undecided: Int = 0
    ) -> String {
        #"{"same":\#(same),"added":\#(added),"removed":\#(removed),"changed":\#(changed),"moved":\#(moved),"#
            + #""undecided":\#(undecided)}"#
    }
}
