// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
internal import Foundation
internal import HTTPTypes
internal import Messages
internal import OrderedCollections
package import PartnerAPI

/// What is shown of the personal data in events and messages: on the command line as the configuration says, over the admin
/// API as the token was made.
package struct Masking: Hashable, Sendable {
    /// Everything is shown.
    package static let none = Masking()
    /// What a token without `pii` sees: of a number its first digit and its last two; no payload, no header, no text and no
    /// key, which may be anything that a payload holds.
    package static let withoutContents = Masking(hidesNumbers: true, hidesContents: true)

    /// In the place of a field's value.
    private static let hidden = "[hidden]"

    private let hidesNumbers: Bool
    let hidesContents: Bool
    /// Names that are hidden wherever they stand, and paths from the payload's root.
    private let fields: Set<[String]>

    /// A mask.
    ///
    /// - Parameters:
    ///   - hidesNumbers: Whether what could be a phone number is hidden: seven digits and more (``NumberHiding``).
    ///   - fields: Payload fields that are hidden: a name without dots wherever it stands, a path from the root, in which
    ///     positions of lists are left out.
    package init(hidesNumbers: Bool = false, fields: [FieldPath] = []) {
        self.init(hidesNumbers: hidesNumbers, hidesContents: false, fields: fields)
    }

    private init(hidesNumbers: Bool, hidesContents: Bool, fields: [FieldPath] = []) {
        self.hidesNumbers = hidesNumbers
        self.hidesContents = hidesContents
        self.fields = Set(fields.map(\.steps))
    }

    /// A text as it is shown.
    package func text(_ text: String) -> String { hidesNumbers ? NumberHiding.hide(in: text) : text }

    /// Why something is as it is: of what rules quote of a payload nothing, where the payload is not shown whole.
    package func reason(_ reason: String) -> String {
        text(hidesContents || !fields.isEmpty ? QuoteHiding.hide(in: reason) : reason)
    }

    /// Why a rule does not match: of what it found in the payload nothing, where that is not shown whole.
    func mismatch(_ sentence: String) -> String {
        guard hidesContents || !fields.isEmpty, let found = sentence.range(of: "found ") else {
            return reason(sentence)
        }
        return reason(sentence[..<found.upperBound] + Self.hidden)
    }

    /// An id of somebody else's; WhatsApp's own hold the number, as base 64, and some senders take the number itself.
    func id(_ id: String) -> String {
        guard hidesNumbers else { return id }
        if id.contains("wamid.") { return "wamid.•••" }
        // One word with a letter in it, as `pay_9845061237`, or a UUID: what is a number besides is written otherwise.
        let isWord = id.contains(where: \.isLetter) && id.wholeMatch(of: /[A-Za-z0-9_]+/) != nil
        return isWord || UUID(uuidString: id) != nil ? id : text(id)
    }

    /// What a rule's key gave; `nil` where none is shown.
    ///
    /// Nobody knows of which fields it is made: where some are to be hidden, it is, too.
    func key(_ key: String) -> String? {
        if hidesContents { return nil }
        return fields.isEmpty || key.isEmpty ? text(key) : Self.hidden
    }

    /// What a text of a rule gave for an event; what it is made of, nobody knows here.
    func made(_ value: String) -> String { key(value) ?? Self.hidden }

    /// What somebody wrote.
    func said(_ words: String) -> String { hidesContents ? Self.hidden : text(words) }

    /// The headers of an event, none where no contents are shown.
    func headers(_ headers: HTTPFields) -> [(name: String, value: String)] {
        hidesContents ? [] : headers.map { ($0.name.rawName, header($0.name.rawName, $0.value)) }
    }

    /// A value of a header.
    func header(_ name: String, _ value: String) -> String {
        fields.contains { $0.count == 1 && $0[0].lowercased() == name.lowercased() } ? Self.hidden : text(value)
    }

    /// A payload, or another value from its root; `null` where no contents are shown.
    func json(_ json: JSON) -> JSON {
        if hidesContents { return .null }
        return self == .none ? json : masked(json, at: [])
    }

    /// A body; `nil` where no contents are shown.
    func contents(_ bytes: [UInt8]) -> String? { hidesContents ? nil : body(bytes) }

    /// A body: as it is where nothing is masked, else as its JSON is shown; one that is no JSON is not shown where fields
    /// are to be hidden, for nobody knows where they are in it.
    func body(_ bytes: [UInt8]) -> String {
        if hidesContents { return Self.hidden }
        let whole = String(decoding: bytes, as: UTF8.self)
        guard self != .none else { return whole }
        if let json = try? JSON(parsing: bytes) { return self.json(json).text() }
        return fields.isEmpty ? text(whole) : "[hidden: \(bytes.count) bytes that are no JSON]"
    }

    /// What leaves; where no contents are shown, to whom alone.
    ///
    /// - Parameter request: The request.
    /// - Returns: It as far as it is shown.
    package func request(_ request: MessageRequest) -> JSON {
        hidesContents ? ["to": .string(recipient(request))] : json(request.json())
    }

    /// Who gets a message.
    func recipient(_ request: MessageRequest) -> String { recipient(of: request.recipient) }

    /// Who gets a message, also one that has no text yet, or none any more; `-` where nobody knows.
    func recipient(_ message: Message) -> String {
        let kept = message.recipient.flatMap(Fact.recipient)
        return (message.request?.message?.recipient ?? kept).map(recipient(of:)) ?? "-"
    }

    private func recipient(of recipient: MessageRequest.Recipient) -> String {
        switch recipient {
        case .phone(let number) where hidesNumbers && !hidesContents: "\(number)"
        case .phone(let number): self.recipient("+\(number.digits)")
        case .contact(let id) where hidesContents: self.recipient("contact \(id)")
        case .contact(let id): text("contact \(id)")
        }
    }

    /// A number with a plus, or a contact's id: its two ends where no contents are shown.
    func recipient(_ recipient: String) -> String {
        guard hidesContents, recipient.count > 4 else { return recipient }
        return recipient.prefix(2) + String(repeating: "•", count: recipient.count - 4) + recipient.suffix(2)
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

/// Hides what a reason quotes of a payload: everything between quotes, but behind words after which names of ours stand.
private enum QuoteHiding {
    private static let namesFollow: Set<Substring> = [
        "account", "component", "filter", "job", "language", "limit", "portfolio", "preset", "rule", "source",
        "template",
        "token",
    ]

    /// A text that is quoted may have quotes in it: hidden is all from the first to the last.
    static func hide(in reason: String) -> String {
        var rest = reason[...]
        var shown = ""
        while let quote = opening(in: rest) {
            let before = rest[..<quote]
            let word = before.split(separator: " ").last ?? ""
            guard before.hasSuffix(" "), namesFollow.contains(word),
                let end = rest[rest.index(after: quote)...].firstIndex(of: "'")
            else {
                let last = rest.lastIndex(of: "'") ?? quote
                return shown + before + "'[hidden]'" + rest[rest.index(after: last)...]
            }
            shown += rest[...end]
            rest = rest[rest.index(after: end)...]
        }
        return shown + rest
    }

    /// The first quote that is no apostrophe: no letter and no digit stands before it.
    private static func opening(in text: Substring) -> Substring.Index? {
        text.indices.first { place in
            guard text[place] == "'" else { return false }
            guard place > text.startIndex else { return true }
            let before = text[text.index(before: place)]
            return !before.isLetter && !before.isNumber
        }
    }
}
