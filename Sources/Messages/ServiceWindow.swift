// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
internal import PartnerAPI

/// The customer service window: WhatsApp takes texts and buttons for a day after the recipient wrote last, and only
/// templates at any other time.
package enum ServiceWindow {
    /// How long it is open.
    package static let length: Duration = .seconds(86_400)

    /// What a closed window makes of a message that is no template.
    ///
    /// Nobody knows of a recipient who has not written since a source passes on what they write: their messages leave.
    ///
    /// - Parameters:
    ///   - lastInbound: When they last wrote; `nil` where nobody knows.
    ///   - now: The time now.
    /// - Returns: `nil` while it is open, or may be.
    package static func hold(lastInbound: Timestamp?, at now: Timestamp) -> Hold? {
        guard let lastInbound, lastInbound.advanced(by: length) <= now else { return nil }
        let closed = lastInbound.advanced(by: length).rfc3339
        let reason = "the recipient last wrote at \(lastInbound.rfc3339), so that since \(closed) only templates arrive"
        return Hold(.window, .drop, reason)
    }
}

extension MessageRecord {
    /// Whether it arrives only while the recipient's window is open.
    package var needsWindow: Bool {
        guard let request = message.request else { return false }
        // Messages of before categories have none: the request says whether they have a template.
        return (category ?? request.message.flatMap { MessageCategory($0.content) }) == .service
    }

    /// Becomes what its rule says `otherwise`, because its window is closed, where that is a template.
    ///
    /// - Parameters:
    ///   - hold: What the closed window makes of it.
    ///   - alternative: What was kept with it.
    ///   - now: The time now.
    /// - Returns: The new entry of its timeline; none when it stays what it is.
    package mutating func leaveOtherwise(
        _ hold: Hold,
        _ alternative: Alternative?,
        at now: Timestamp
    ) -> [TimelineEntry] {
        guard self.alternative == .template, let alternative else { return [] }
        become(alternative)
        return note("\(hold.reason); it leaves as the rule says otherwise", at: now)
    }
}
