// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// Where something stands in a trace: the header `traceparent`.
///
/// `tracestate` is not kept: nothing is sent on to which it would have to be added.
///
/// - SeeAlso: [W3C Trace Context](https://www.w3.org/TR/trace-context-1/)
package struct TraceContext: Hashable, Sendable {
    /// The trace; never zero.
    package let trace: TraceID
    /// The span; never zero.
    package let span: SpanID
    /// Whether whoever began it records the trace.
    package let isSampled: Bool

    package init(trace: TraceID, span: SpanID, isSampled: Bool) {
        self.trace = trace
        self.span = span
        self.isSampled = isSampled
    }

    /// The length of a `traceparent` of version 00.
    private static let length = 55

    /// Reads the header.
    ///
    /// Of a later version what version 00 has is read, as W3C asks.
    ///
    /// - Parameter traceparent: Such as `00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01`; `nil` comes back for
    ///   anything that is not valid.
    package init?(traceparent: String) {
        let bytes = Array(traceparent.utf8.prefix(Self.length + 1))
        guard bytes.count >= Self.length else { return nil }
        let dash = UInt8(ascii: "-")
        guard bytes[2] == dash, bytes[35] == dash, bytes[52] == dash,
            let version = Self.number(bytes[0..<2]), version != 0xFF,
            version == 0 ? bytes.count == Self.length : bytes.count == Self.length || bytes[Self.length] == dash,
            let high = Self.number(bytes[3..<19]), let low = Self.number(bytes[19..<35]), high | low != 0,
            let span = Self.number(bytes[36..<52]), span != 0,
            let flags = Self.number(bytes[53..<55])
        else { return nil }
        self.init(
            trace: TraceID(high: high, low: low),
            span: SpanID(rawValue: span),
            isSampled: flags & 1 == 1
        )
    }

    /// The header, of version 00.
    package var traceparent: String { "00-\(trace)-\(span)-\(isSampled ? "01" : "00")" }

    /// Reads up to sixteen hexadecimal digits; capitals are none here.
    private static func number(_ digits: ArraySlice<UInt8>) -> UInt64? {
        var value: UInt64 = 0
        for digit in digits {
            guard let worth = digit.hexValue, !(UInt8(ascii: "A")...UInt8(ascii: "F")).contains(digit) else {
                return nil
            }
            value = value << 4 | UInt64(worth)
        }
        return value
    }
}

/// The id of a trace: 128 bits, shown as 32 hexadecimal digits.
package struct TraceID: Hashable, Sendable, CustomStringConvertible {
    /// The first 64 bits.
    package let high: UInt64
    /// The last 64 bits; random in traces that begin here.
    package let low: UInt64

    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// A new id.
    package static func random() -> TraceID {
        let (high, low) = SortableID.randomBits()
        return TraceID(high: high, low: low | 1)
    }

    /// 32 digits in lower case.
    package var description: String { Hexadecimal.text(high) + Hexadecimal.text(low) }
}

/// The id of a span: 64 bits, shown as 16 hexadecimal digits.
package struct SpanID: Hashable, Sendable, CustomStringConvertible {
    /// The bits.
    package let rawValue: UInt64

    package init(rawValue: UInt64) {
        self.rawValue = rawValue
    }

    /// A new id.
    package static func random() -> SpanID { SpanID(rawValue: SortableID.randomBits().0 | 1) }

    /// 16 digits in lower case.
    package var description: String { Hexadecimal.text(rawValue) }
}

private enum Hexadecimal {
    /// All sixteen digits of a number.
    static func text(_ number: UInt64) -> String {
        var digits: [UInt8] = []
        digits.reserveCapacity(16)
        for place in stride(from: UInt64(60), through: 0, by: -4) {
            let worth = UInt8(truncatingIfNeeded: number >> place & 15)
            digits.append(worth < 10 ? UInt8(ascii: "0") + worth : UInt8(ascii: "a") + worth - 10)
        }
        return String(decoding: digits, as: UTF8.self)
    }
}

/// What something comes of, in traces: of one event, or of the many of a digest.
package struct TraceOrigin: Hashable, Sendable {
    /// So many are kept at most.
    package static let most = 32
    /// So soon after the acceptance something follows at once.
    package static let atOnce: Duration = .seconds(1)

    /// Where their acceptance stands, the oldest first; at least one.
    package let contexts: [TraceContext]
    /// How many more there are.
    package let leftOut: Int
    /// Whether it follows at once, so that it belongs to the same trace.
    package let isAtOnce: Bool

    package init(_ contexts: [TraceContext], leftOut: Int = 0, isAtOnce: Bool) {
        self.contexts = contexts
        self.leftOut = leftOut
        self.isAtOnce = isAtOnce
    }
}
