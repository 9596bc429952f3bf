// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
import TimeZones

/// When nothing is sent: from one time of day to another, on the clocks of the recipient's place.
///
/// The end is reckoned on the rules of the zones whenever it is asked for, and never kept as an offset: a window that was
/// stored in March ends by summer time in April.
package struct QuietHours: Hashable, Sendable {
    /// When quiet begins, in minutes since midnight.
    package let from: Int
    /// The first minute that is not quiet any more; on the next day where it is not later than ``from``.
    package let to: Int
    /// Whose clocks: it is quiet while it is in any of them.
    package let zones: [String]
    /// Over how long what waited leaves.
    package let spread: Duration
    /// Where in ``spread`` the recipient's messages leave, in parts of 2^32: one place for all of a recipient, so that
    /// they leave in their order.
    package let place: UInt32

    package init(from: Int, to: Int, zones: [String], spread: Duration, place: UInt32) {
        self.from = from
        self.to = to
        self.zones = zones
        self.spread = spread
        self.place = place
    }

    /// A recipient's place in every spread.
    ///
    /// - Parameter recipient: Such as `phone:919812345670`.
    /// - Returns: The same for the same text on every machine.
    package static func place(of recipient: String) -> UInt32 {
        // FNV-1a, then mixed as MurmurHash3 ends: numbers that follow one another come out far apart.
        var hash = recipient.utf8.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
        hash = (hash ^ hash >> 33) &* 0xFF51_AFD7_ED55_8CCD
        hash = (hash ^ hash >> 33) &* 0xC4CE_B9FE_1A85_EC53
        return UInt32(truncatingIfNeeded: hash ^ hash >> 33)
    }

    /// What holds a message that would leave now.
    ///
    /// - Parameters:
    ///   - now: The time now.
    ///   - expiresAt: When it expires: it leaves before that, or not at all.
    /// - Returns: `nil` outside of quiet hours.
    package func hold(at now: Timestamp, before expiresAt: Timestamp?) -> Hold? {
        guard let rules = rules() else {
            let reason = "no zone of \(zones.joined(separator: ", ")) is in this machine's time zone database"
            return Hold(.quietHours, .wait(until: now.advanced(by: .seconds(3_600))), reason)
        }
        let start = CivilCalendar.floor(Int(now.microseconds), 1_000_000)
        let end = end(after: start, rules)
        guard end > start else { return nil }
        let opens = Timestamp(seconds: Int64(end))
        if let expiresAt, expiresAt <= opens {
            return Hold(.quietHours, .drop, "\(words) until \(opens.rfc3339), and it expires at \(expiresAt.rfc3339)")
        }
        // Whoever's turn came in the next quiet hours would be held again, and never leave.
        let room = min(spread, .seconds(gap(from: end, rules)), expiresAt.map { opens.duration(to: $0) } ?? spread)
        // In whole seconds, as people write the times of tests.
        let turn = end + Int(Self.part(place, of: room.microseconds) / 1_000_000)
        let leaves = self.end(after: turn, rules) == turn ? Timestamp(seconds: Int64(turn)) : opens
        let own = leaves == opens ? "" : "; its turn is at \(leaves.rfc3339)"
        return Hold(.quietHours, .wait(until: leaves), "\(words) until \(opens.rfc3339)\(own)")
    }

    /// Such as `21:00 to 09:00 in Asia/Kolkata`.
    private var words: String {
        let more = zones.count > 1 ? " or \(zones.count - 1) more zones" : ""
        return "\(Self.clock(from)) to \(Self.clock(to)) in \(zones.first ?? "no zone")\(more)"
    }

    private static func clock(_ minutes: Int) -> String {
        let (hours, rest) = minutes.quotientAndRemainder(dividingBy: 60)
        return "\(hours < 10 ? "0" : "")\(hours):\(rest < 10 ? "0" : "")\(rest)"
    }

    private static func part(_ place: UInt32, of span: Int64) -> Int64 {
        let product = max(0, span).multipliedFullWidth(by: Int64(place))
        return product.high << 32 | Int64(product.low >> 32)
    }

    /// The rules of the zones that this machine knows; `nil` when it knows none.
    private func rules() -> [ZoneRules]? {
        let known = zones.compactMap(ZoneDatabase.system.rules(named:))
        return known.isEmpty ? nil : known
    }

    /// The first second from one on at which it is quiet nowhere.
    private func end(after start: Int, _ rules: [ZoneRules]) -> Int {
        var seconds = start
        // Each turn passes a window of some zone over; windows that leave no gap in a year are no window of a rule.
        for _ in 0..<1_000 {
            let next = rules.reduce(seconds) { end(after: $0, $1) }
            if next == seconds { break }
            seconds = next
        }
        return seconds
    }

    /// The first second from one on at which a zone's clocks show no quiet time.
    private func end(after start: Int, _ rules: ZoneRules) -> Int {
        var seconds = start
        while true {
            let (offset, until) = rules.offset(at: seconds)
            let clock = seconds + offset - CivilCalendar.floor(seconds + offset, 86_400) * 86_400
            guard isQuiet(clock) else { return seconds }
            let end = seconds + (to * 60 - clock + 86_400) % 86_400
            guard let until, end >= until else { return end }
            // The clocks are changed before the end: what they show then decides.
            seconds = until
        }
    }

    /// How many seconds there are from an opening to the next quiet hours anywhere, by what the clocks show then.
    private func gap(from opening: Int, _ rules: [ZoneRules]) -> Int {
        let gaps = rules.map { rules in
            let clock = opening + rules.offset(at: opening).offset
            return (from * 60 - clock % 86_400 + 2 * 86_400) % 86_400
        }
        return gaps.min() ?? 0
    }

    private func isQuiet(_ clock: Int) -> Bool {
        let (begin, end) = (from * 60, to * 60)
        return begin < end ? begin <= clock && clock < end : begin <= clock || clock < end
    }
}

extension QuietHours {
    /// How much of a day is left where clocks with such offsets count together.
    ///
    /// - Parameters:
    ///   - from: When quiet begins, in minutes since midnight.
    ///   - to: When it ends.
    ///   - offsets: Seconds east of UTC.
    /// - Returns: The time that is quiet on none of the clocks.
    package static func open(from: Int, to: Int, _ offsets: Set<Int>) -> Duration {
        let length = (to - from + 1_440) % 1_440
        let windows = offsets.map { ((from * 60 - $0) % 86_400 + 86_400) % 86_400 / 60 }.sorted()
        var (quiet, covered) = (0, (windows.last ?? 0) + length - 1_440)
        for begin in windows {
            quiet += max(0, begin + length - max(covered, begin))
            covered = max(covered, begin + length)
        }
        return .seconds(max(0, 1_440 - quiet) * 60)
    }
}
