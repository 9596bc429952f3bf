// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import NIOConcurrencyHelpers

/// What Foundation says about time zones, kept: each question goes through ICU, which takes microseconds.
enum ZoneOffsets {
    /// A stretch of time in which a zone's clocks stay as they are.
    private struct Span {
        /// The earliest point in time of the stretch that anybody asked about.
        var start: Int
        /// Where the stretch ends.
        let end: Int
        let offset: Int
    }

    private static let zones = NIOLockedValueBox<[String: TimeZone]>([:])
    private static let spans = NIOLockedValueBox<[String: [Span]]>([:])
    /// More than the time zone database has names; an offset counts as a name.
    private static let maxZones = 1_024
    /// Stretches of one zone: years of events.
    private static let maxSpans = 8

    /// A zone by its name, as Foundation knows it.
    static func zone(named name: String) -> TimeZone? {
        if let zone = zones.withLockedValue({ $0[name] }) { return zone }
        guard let zone = TimeZone(identifier: name) else { return nil }
        zones.withLockedValue { if $0.count < maxZones { $0[name] = zone } }
        return zone
    }

    /// How far a zone's clocks are ahead of UTC.
    ///
    /// - Parameters:
    ///   - zone: The zone.
    ///   - seconds: Since 1970.
    /// - Returns: Seconds east of UTC.
    static func offset(of zone: TimeZone, at seconds: Int) -> Int {
        let name = zone.identifier
        let known = spans.withLockedValue { all in
            all[name]?.first { $0.start <= seconds && seconds < $0.end }?.offset
        }
        if let known { return known }
        let date = Date(timeIntervalSince1970: Double(seconds))
        let offset = zone.secondsFromGMT(for: date)
        guard let end = end(of: zone, after: date, offset) else { return offset }
        keep(Span(start: seconds, end: end, offset: offset), of: name)
        return offset
    }

    /// Where the offset changes next, in seconds; `nil` where Foundation contradicts itself.
    private static func end(of zone: TimeZone, after date: Date, _ offset: Int) -> Int? {
        guard let next = zone.nextDaylightSavingTimeTransition(after: date) else { return .max }
        guard next > date, zone.secondsFromGMT(for: next.addingTimeInterval(-1)) == offset else { return nil }
        return Int(next.timeIntervalSince1970.rounded(.down))
    }

    private static func keep(_ span: Span, of name: String) {
        spans.withLockedValue { all in
            var own = all[name] ?? []
            if let position = own.firstIndex(where: { $0.end == span.end && $0.offset == span.offset }) {
                own[position].start = min(own[position].start, span.start)
            } else if own.count < maxSpans {
                own.append(span)
            } else {
                own[0] = span
            }
            if all[name] != nil || all.count < maxZones { all[name] = own }
        }
    }
}
