// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
package import Foundation
internal import OrderedCollections

extension LiquidScope {
    /// What templates can name of an event: the payload's fields at the root, `body`, and `webhook`.
    ///
    /// - Parameters:
    ///   - event: The event.
    ///   - now: What `now` means.
    ///   - timeZone: UTC if left out.
    ///   - conventions: How the event's sender writes amounts, empty fields and times.
    ///   - withWebhook: Whether some template reads `webhook`, which is not for nothing.
    package init(
        _ event: Event,
        now: Timestamp,
        timeZone: TimeZone = .gmt,
        conventions: DataConventions = .standard,
        withWebhook: Bool = true
    ) {
        let root = event.payload.root
        var variables: [String: LiquidValue] = ["body": LiquidValue(root)]
        if withWebhook { variables["webhook"] = Self.webhook(event) }
        self.init(
            root: root.kind == .object ? root : nil,
            variables: variables,
            now: now,
            timeZone: timeZone,
            conventions: conventions
        )
    }

    private static func webhook(_ event: Event) -> LiquidValue {
        [
            "source": .string(event.source),
            "type": .string(event.type),
            "id": .string(event.senderID ?? event.id.rawValue),
            "time": .string(event.time.rfc3339),
            "headers": .object(event.headerValues.mapValues(LiquidValue.string)),
        ]
    }
}
