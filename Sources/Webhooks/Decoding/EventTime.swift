// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events
internal import Foundation

/// Where the time of an event is, and how it is written.
package struct EventTime: Hashable, Sendable {
    /// How a sender writes a time.
    package enum Format: Hashable, Sendable {
        /// Unix time in seconds or milliseconds, told apart by size; RFC 3339; or that without a zone, as UTC.
        case automatic
        /// Digits in a fixed order with a fixed zone, for `Foundation`'s date patterns.
        case pattern(String, zone: String)
    }

    package var place: Extraction
    package var format: Format = .automatic

    /// The sender does not say when.
    package static let none = EventTime(place: .none)

    /// Reads a time.
    ///
    /// - Parameter text: What stands at the place.
    /// - Returns: `nil` for what is no time, and for a time after the year 2286.
    func read(_ text: String) -> Timestamp? {
        switch format {
        case .automatic: Self.automatic(text)
        case .pattern(let pattern, let zone): Self.parse(text, pattern: pattern, zone: zone)
        }
    }

    private static func automatic(_ text: String) -> Timestamp? {
        if let number = ExactDecimal(text) {
            guard let whole = number.int ?? Double(text).flatMap({ Int(exactly: $0.rounded(.down)) }) else {
                return nil
            }
            // 10^11 seconds are in the year 5138 and 10^11 milliseconds in 1973: no webhook is older than that.
            if (0..<100_000_000_000).contains(whole) { return Timestamp(seconds: Int64(whole)) }
            guard (0..<10_000_000_000_000).contains(whole) else { return nil }
            return Timestamp(microseconds: Int64(whole) * 1_000)
        }
        // Xero writes a space for the T; it and WooCommerce's *_gmt leave out a zone where they mean UTC.
        let text = text.replacing(" ", with: "T", maxReplacements: 1)
        return Timestamp(rfc3339: text) ?? Timestamp(rfc3339: text + "Z")
    }

    private static func parse(_ text: String, pattern: String, zone: String) -> Timestamp? {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = TimeZone(identifier: zone)
        formatter.dateFormat = pattern
        return formatter.date(from: text).map(Timestamp.init)
    }
}
