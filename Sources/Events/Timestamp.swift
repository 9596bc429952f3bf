// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

public import Foundation

/// A point in time on the wall clock, in whole microseconds since 1970 in UTC.
///
/// Its arithmetic is total: what lies beyond the ends (292,000 years before and after 1970) becomes the end. Numbers of
/// strangers pass through here, and none of them may end the process.
public struct Timestamp: InstantProtocol, Codable, Sendable {
    /// Microseconds since 1970-01-01T00:00:00Z, leap seconds not counted.
    public let microseconds: Int64

    /// A point in time by its distance from 1970.
    ///
    /// - Parameter microseconds: Negative before 1970.
    public init(microseconds: Int64) {
        self.microseconds = microseconds
    }

    /// A point in time by its distance from 1970.
    ///
    /// - Parameter seconds: Unix time.
    public init(seconds: Int64) {
        microseconds = seconds.multiplied(saturating: 1_000_000)
    }

    /// Foundation's point in time, to the nearest microsecond.
    ///
    /// - Parameter date: Any date that a payload can name.
    public init(_ date: Date) {
        microseconds = Int64(saturating: (date.timeIntervalSince1970 * 1_000_000).rounded())
    }

    /// Reads an RFC 3339 date and time.
    ///
    /// - Parameter rfc3339: Such as `2026-01-15T10:00:00+05:30` or `2026-01-15T04:30:00.250Z`; `nil` comes back for
    ///   anything else.
    public init?(rfc3339: String) {
        let plain = Date.ISO8601FormatStyle(includingFractionalSeconds: false)
        let fractional = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
        guard let date = (try? plain.parse(rfc3339)) ?? (try? fractional.parse(rfc3339)) else { return nil }
        self.init(date)
    }

    /// The hundred years in which an appointment can lie: from 2000 to the end of 2099, in UTC.
    ///
    /// A number outside is no time in seconds or milliseconds, but nanoseconds, an amount or an id.
    public static let century = Timestamp(seconds: 946_684_800)..<Timestamp(seconds: 4_102_444_800)

    /// The same point in time for Foundation.
    public var date: Date { Date(timeIntervalSince1970: Double(microseconds) / 1_000_000) }

    /// Unix time, cut to whole seconds.
    public var seconds: Int64 { Int64((Double(microseconds) / 1_000_000).rounded(.down)) }

    /// The point in time as RFC 3339 in UTC with milliseconds, such as `2026-01-15T04:30:00.250Z`.
    public var rfc3339: String { date.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true)) }

    /// A later (or, with a negative duration, earlier) point in time.
    ///
    /// - Parameter duration: Cut to whole microseconds.
    /// - Returns: The point in time that far away.
    public func advanced(by duration: Duration) -> Timestamp {
        Timestamp(microseconds: microseconds.adding(saturating: duration.microseconds))
    }

    /// The way to another point in time.
    ///
    /// - Parameter other: Where to.
    /// - Returns: Positive when `other` is later.
    public func duration(to other: Timestamp) -> Duration {
        .microseconds(other.microseconds.subtracting(saturating: microseconds))
    }

    /// Order in time.
    ///
    /// - Parameters:
    ///   - left: One point in time.
    ///   - right: The other.
    /// - Returns: Whether the first is the earlier one.
    public static func < (left: Timestamp, right: Timestamp) -> Bool {
        left.microseconds < right.microseconds
    }
}

extension Duration {
    /// The duration in whole microseconds, cut towards zero; beyond 292,000 years, the most that there are.
    public var microseconds: Int64 {
        components.seconds.multiplied(saturating: 1_000_000)
            .adding(saturating: components.attoseconds / 1_000_000_000_000)
    }

    /// The duration in seconds, for metrics and for people.
    public var inSeconds: Double {
        Double(microseconds) / 1_000_000
    }
}
