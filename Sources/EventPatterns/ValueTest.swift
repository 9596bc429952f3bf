// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events

/// A scalar of an event, as the tests of a pattern see it.
///
/// The bytes belong to the event's text (or to the reading that decoded them) and must not outlive it.
struct Leaf {
    /// The raw value of a ``JSONKind``.
    let kind: UInt32
    /// A number's token, or a string's decoded text.
    let bytes: UnsafeBufferPointer<UInt8>

    var isString: Bool { kind == JSONKind.string.rawValue || kind == JSONKind.escapedString.rawValue }
    var isNumber: Bool { kind == JSONKind.number.rawValue }

    /// The value, if it is a JSON number.
    var number: PatternNumber? { isNumber ? PatternNumber(bytes) : nil }
    /// The value, if it is a JSON number or a string that reads as one.
    var decimal: PatternNumber? { isNumber || isString ? PatternNumber(bytes) : nil }

    /// The value as JSON, cut to a length that fits a sentence.
    var phrase: String {
        guard isString else { return String(decoding: bytes.prefix(80), as: UTF8.self) }
        let text = String(decoding: bytes, as: UTF8.self)
        return ValueTest.quoted(text.count > 80 ? text.prefix(79) + "…" : text[...])
    }
}

/// One alternative of a condition: what a value has to be.
enum ValueTest: Hashable, Sendable {
    case string([UInt8])
    case number(PatternNumber, text: String)
    case null
    case bool(Bool)
    case prefix([UInt8])
    case suffix([UInt8])
    case equalsIgnoreCase(CaselessText)
    case prefixIgnoreCase(CaselessText)
    case suffixIgnoreCase(CaselessText)
    case wildcard(Wildcard, text: String)
    case cidr(AddressBlock, text: String)
    /// On JSON numbers.
    case numeric(NumberRange, text: String)
    /// On JSON numbers and on strings that read as numbers.
    case decimal(NumberRange, text: String)
    /// A value of any type that passes none of these.
    case anythingBut([ValueTest])
    case exists
    /// No value at all; never true of a value.
    case absent

    /// Whether a value is what the test wants.
    func accepts(_ value: Leaf) -> Bool {
        switch self {
        case .string(let text): value.isString && value.bytes.equals(text)
        case .number(let number, _): value.number == number
        case .null: value.kind == JSONKind.null.rawValue
        case .bool(let flag): value.kind == (flag ? JSONKind.true : JSONKind.false).rawValue
        case .prefix(let text): value.isString && value.bytes.starts(with: text)
        case .suffix(let text): value.isString && value.bytes.ends(with: text)
        case .equalsIgnoreCase(let text): value.isString && text.matches(value.bytes)
        case .prefixIgnoreCase(let text): value.isString && text.isPrefix(of: value.bytes)
        case .suffixIgnoreCase(let text): value.isString && text.isSuffix(of: value.bytes)
        case .wildcard(let wildcard, _): value.isString && wildcard.matches(value.bytes)
        case .cidr(let block, _): value.isString && IPAddress(value.bytes).map(block.contains) ?? false
        case .numeric(let range, _): value.number.map(range.contains) ?? false
        case .decimal(let range, _): value.decimal.map(range.contains) ?? false
        case .anythingBut(let tests): !tests.anyAccepts(value)
        case .exists: true
        case .absent: false
        }
    }
}

extension [ValueTest] {
    /// Whether one of the alternatives accepts a value.
    ///
    /// The tests are looked at where they stand: copying one to look at it costs more than most tests do.
    func anyAccepts(_ value: Leaf) -> Bool {
        withUnsafeBufferPointer { $0.anyAccepts(value) }
    }
}

extension UnsafeBufferPointer<ValueTest> {
    /// Whether one of the alternatives accepts a value.
    func anyAccepts(_ value: Leaf) -> Bool {
        guard let first = baseAddress else { return false }
        for position in 0..<count where first[position].accepts(value) { return true }
        return false
    }
}

extension ValueTest {
    /// What the test wants, as a sentence would say it after "expected".
    var phrase: String {
        switch self {
        case .string(let text): Self.quoted(text)
        case .number(_, let text): text
        case .null: "null"
        case .bool(let flag): flag ? "true" : "false"
        case .prefix(let text): "a text that starts with \(Self.quoted(text))"
        case .suffix(let text): "a text that ends with \(Self.quoted(text))"
        case .equalsIgnoreCase(let text): "\(Self.quoted(text.text)) in upper or lower case"
        case .prefixIgnoreCase(let text): "a text that starts with \(Self.quoted(text.text)) in upper or lower case"
        case .suffixIgnoreCase(let text): "a text that ends with \(Self.quoted(text.text)) in upper or lower case"
        case .wildcard(_, let text): "a text like \(Self.quoted(text))"
        case .cidr(_, let text): "an address in \(text)"
        case .numeric(_, let text): "a number \(text)"
        case .decimal(_, let text): "a number or numeric text \(text)"
        case .anythingBut(let tests): "anything but \(Self.phrase(tests))"
        case .exists: "any value"
        case .absent: "no such field"
        }
    }

    /// Alternatives in one phrase.
    static func phrase(_ tests: [ValueTest]) -> String {
        tests.map(\.phrase).joined(separator: " or ")
    }

    static func quoted(_ text: some StringProtocol) -> String { JSON.string(String(text)).text() }

    private static func quoted(_ bytes: [UInt8]) -> String { quoted(String(decoding: bytes, as: UTF8.self)) }
}
