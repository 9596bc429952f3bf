// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events

/// What the conventions of the payload's writer mean for its values.
extension LiquidScope {
    /// Whether a value is nothing: nil, or `false` where that is written for an empty field.
    func isMissing(_ value: LiquidValue) -> Bool {
        switch value {
        case .nil: true
        case .bool(false): conventions.falseIsMissing
        default: false
        }
    }

    /// Whether a value is a list with nothing at some place.
    func hasMissingElement(_ value: LiquidValue) -> Bool {
        switch value {
        case .array(let elements): elements.contains { isMissing($0) }
        case .node(let node) where node.kind == .array:
            node.elements.contains { $0.kind == .null || $0.kind == .false && conventions.falseIsMissing }
        default: false
        }
    }

    /// A field's value; a time that the writer means in UTC says so from here on, wherever it is carried.
    func reading(_ value: LiquidValue, of field: String) -> LiquidValue {
        guard !conventions.utcEndings.isEmpty, case .string(let text) = value, conventions.isUTC(field),
            text.isTimeWithoutZone
        else { return value }
        return .string(text + "Z")
    }
}

extension String {
    /// Whether the text is a date and a time of ISO 8601 without a zone: `2026-01-15T10:00:00`, seconds and their
    /// fraction may be left out, a space may stand for the `T`.
    fileprivate var isTimeWithoutZone: Bool {
        let bytes = Array(utf8)
        let form = Array("dddd-dd-ddTdd:dd:dd".utf8)
        guard bytes.count == 16 || bytes.count >= 19 else { return false }
        for (byte, expected) in zip(bytes, form) {
            switch expected {
            case UInt8(ascii: "d"): guard SourceText.isDigit(byte) else { return false }
            case UInt8(ascii: "T"): guard byte == expected || byte == UInt8(ascii: " ") else { return false }
            default: guard byte == expected else { return false }
            }
        }
        guard bytes.count > 19 else { return true }
        return bytes.count > 20 && bytes[19] == UInt8(ascii: ".") && bytes[20...].allSatisfy(SourceText.isDigit)
    }
}
