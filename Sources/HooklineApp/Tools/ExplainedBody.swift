// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events

/// The answer of `hookline explain` for a whole body: every event in it.
package struct ExplainedBody: Sendable {
    /// One report an event, in the order in which they are received; at least one.
    package let reports: [ExplainReport]

    /// Whether at least one message would leave.
    package var sendsSomething: Bool { reports.contains(where: \.sendsSomething) }

    /// The answer for people; of several events each with its number.
    package var text: String {
        guard reports.count != 1 else { return reports[0].text }
        let parts = reports.enumerated().map { "event \($0.offset + 1) of \(reports.count): \($0.element.text)" }
        return "the body holds \(reports.count) events\n\n" + parts.joined(separator: "\n")
    }

    /// The same as data: the event's report, of several `{"events": [report, …]}`.
    package var json: JSON {
        reports.count == 1 ? reports[0].json : ["events": .array(reports.map(\.json))]
    }
}
