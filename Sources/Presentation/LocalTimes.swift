// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
internal import Messages
package import PartnerAPI
internal import PhoneNumbers
internal import TimeZones

/// The clock of a message's recipient: every time in a text that people read gets its own beside it, with the zone's name.
///
/// A number tells its country, and most countries have one zone, or several that go alike at a time. Where they do not,
/// nobody knows which zone it is: then a time stands alone.
package struct LocalTimes: Sendable {
    private let zones: [(name: String, rules: ZoneRules)]

    /// The clock of a recipient.
    ///
    /// - Parameter recipient: Who it is; `nil` where nobody knows any more.
    package init(of recipient: MessageRequest.Recipient?) {
        guard case .phone(let number) = recipient else {
            self.init(ofNumber: "")
            return
        }
        self.init(ofNumber: number.digits)
    }

    /// The clock of a number.
    ///
    /// - Parameter digits: The number with its country's code, without a plus.
    package init(ofNumber digits: String) {
        let country = Country.code(ofInternational: digits).flatMap(ZoneDatabase.system.region)
        zones = (country?.zones ?? []).compactMap { name in
            ZoneDatabase.system.rules(named: name).map { (name, $0) }
        }
    }

    /// What the clocks there show.
    ///
    /// - Parameter time: When.
    /// - Returns: Day and time, as if it were UTC, with a zone's name; `nil` where not all of them show the same.
    package func clock(at time: Timestamp) -> (shown: Timestamp, zone: String)? {
        let seconds = time.microseconds.quotientAndRemainder(dividingBy: 1_000_000).quotient
        let offsets = Set(zones.map { $0.rules.offset(at: Int(seconds)).offset })
        guard let zone = zones.first?.name, let offset = offsets.first, offsets.count == 1 else { return nil }
        return (Timestamp(seconds: seconds + Int64(offset)), zone)
    }

    /// A text with the local times in it.
    ///
    /// - Parameter text: A text with times as `2026-01-15T04:30:00.000Z`.
    /// - Returns: The same with ` (2026-01-15 10:00 Asia/Kolkata)` behind each of them.
    package func adding(to text: String) -> String {
        guard !zones.isEmpty, text.contains("Z") else { return text }
        let words = text.split(separator: " ", omittingEmptySubsequences: false).map { word in
            let end = word.lastIndex(of: "Z").map { word.index(after: $0) } ?? word.startIndex
            let start = word[..<end].firstIndex(where: \.isNumber) ?? end
            guard let time = Timestamp(rfc3339: String(word[start..<end])), let clock = clock(at: time) else {
                return String(word)
            }
            return "\(word[..<end]) (\(Self.words(clock.shown)) \(clock.zone))\(word[end...])"
        }
        return words.joined(separator: " ")
    }

    private static func words(_ shown: Timestamp) -> String {
        let local = shown.rfc3339.replacing("T", with: " ")
        return String(local.prefix(local.dropFirst(17).hasPrefix("00") ? 16 : 19))
    }
}

extension Message {
    /// How long a message has been due that did not leave; `nil` where that is no more than it takes.
    ///
    /// - Parameter now: The time now.
    /// - Returns: The time since it was due, from a minute on.
    func lateness(at now: Timestamp) -> Duration? {
        guard state.isWaiting, let dueAt else { return nil }
        let late = dueAt.duration(to: now)
        return late >= .seconds(60) ? late : nil
    }
}
