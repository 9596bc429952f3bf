// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events
internal import OrderedCollections
internal import PartnerAPI

/// What is shown of the personal data in events and messages.
package struct Masking: Hashable, Sendable {
    /// Everything is shown.
    package static let none = Masking()

    /// In the place of a field's value.
    private static let hidden = "[hidden]"

    private let hidesNumbers: Bool
    /// Names that are hidden wherever they stand, and paths from the payload's root.
    private let fields: Set<[String]>

    /// A mask.
    ///
    /// - Parameters:
    ///   - hidesNumbers: Whether what could be a phone number is hidden: seven digits and more (``NumberHiding``).
    ///   - fields: Payload fields that are hidden: a name without dots wherever it stands, a path from the root, in which
    ///     positions of lists are left out.
    package init(hidesNumbers: Bool = false, fields: [String] = []) {
        self.hidesNumbers = hidesNumbers
        self.fields = Set(fields.compactMap { FieldPath($0)?.steps })
    }

    /// A text as it is shown.
    func text(_ text: String) -> String { hidesNumbers ? NumberHiding.hide(in: text) : text }

    /// A value of a header.
    func header(_ name: String, _ value: String) -> String {
        fields.contains { $0.count == 1 && $0[0].lowercased() == name.lowercased() } ? Self.hidden : text(value)
    }

    /// A payload, or another value from its root.
    func json(_ json: JSON) -> JSON { self == .none ? json : masked(json, at: []) }

    /// A body: as it is where nothing is masked, else as its JSON is shown; one that is no JSON is not shown where fields
    /// are to be hidden, for nobody knows where they are in it.
    func body(_ bytes: [UInt8]) -> String {
        let whole = String(decoding: bytes, as: UTF8.self)
        guard self != .none else { return whole }
        if let json = try? JSON(parsing: bytes) { return self.json(json).text() }
        return fields.isEmpty ? text(whole) : "[hidden: \(bytes.count) bytes that are no JSON]"
    }

    /// Who gets a message.
    func recipient(_ request: MessageRequest) -> String {
        switch request.recipient {
        case .phone(let number) where hidesNumbers: "\(number)"
        case .phone(let number): "+\(number.digits)"
        case .contact(let id): text("contact \(id)")
        }
    }

    private func masked(_ json: JSON, at path: [String]) -> JSON {
        if let last = path.last, fields.contains([last]) || fields.contains(path), json != .null {
            return .string(Self.hidden)
        }
        switch json {
        case .object(let members):
            return .object(
                OrderedDictionary(members.map { ($0.key, masked($0.value, at: path + [$0.key])) }) { first, _ in first }
            )
        case .array(let elements): return .array(elements.map { masked($0, at: path) })
        case .string(let value): return .string(text(value))
        case .number(let number):
            let shown = text(number.text)
            return shown == number.text ? json : .string(shown)
        default: return json
        }
    }
}
