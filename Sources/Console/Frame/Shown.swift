// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events
internal import Mustache

/// What a template shows: a value with named parts, a list, a text, or nothing.
///
/// A part that is nothing is still a part, so that a template never takes the part of the same name from what stands
/// around it.
enum Shown: Hashable, Sendable, MustacheParent, MustacheCustomRepresentation {
    case nothing
    case text(String)
    case flag(Bool)
    case list([Shown])
    case parts([String: Shown])

    var representation: Any? {
        switch self {
        case .nothing: nil
        case .text(let text): text
        case .flag(let flag): flag
        case .list(let elements): elements
        case .parts: self
        }
    }

    func child(named name: String) -> Any? {
        guard case .parts(let parts) = self else { return nil }
        return parts[name]
    }

    /// The part of that name; nothing where there is none.
    subscript(_ name: String) -> Shown {
        get {
            guard case .parts(let parts) = self else { return .nothing }
            return parts[name] ?? .nothing
        }
        set {
            var parts: [String: Shown] = [:]
            if case .parts(let present) = self { parts = present }
            parts[name] = newValue
            self = .parts(parts)
        }
    }

    /// The same with more parts.
    func with(_ more: [String: Shown]) -> Shown {
        more.reduce(into: self) { $0[$1.key] = $1.value }
    }

    /// A text, or nothing.
    static func optional(_ text: String?) -> Shown {
        text.map { .text($0) } ?? .nothing
    }

    /// A number, grouped by thousands so that it can be read.
    static func number(_ number: Int) -> Shown {
        let digits = String(number.magnitude)
        let groups = stride(from: digits.count, to: 0, by: -3).map { digits.dropLast(digits.count - $0).suffix(3) }
        return .text((number < 0 ? "−" : "") + groups.reversed().joined(separator: "\u{2009}"))
    }
}

extension Shown: ExpressibleByStringLiteral, ExpressibleByStringInterpolation, ExpressibleByBooleanLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    init(stringLiteral text: String) { self = .text(text) }
    init(booleanLiteral flag: Bool) { self = .flag(flag) }
    init(arrayLiteral elements: Shown...) { self = .list(elements) }
    init(dictionaryLiteral parts: (String, Shown)...) {
        self = .parts(Dictionary(parts) { _, last in last })
    }
}

extension Shown {
    /// What the API answered: numbers with all their digits, and times under the names that times have.
    init(_ json: JSON?) {
        switch json {
        case nil, .null: self = .nothing
        // For a template a text is there even when it is empty.
        case .string(let text): self = text.isEmpty ? .nothing : .text(text)
        case .bool(let flag): self = .flag(flag)
        case .number(let number): self = .text(number.text)
        case .array(let elements): self = .list(elements.map { Shown($0) })
        case .object(let members):
            let parts = members.map { name, value in (name, Shown(value, named: name)) }
            self = .parts(Dictionary(parts) { first, _ in first })
        }
    }

    private init(_ json: JSON, named name: String) {
        if Self.isTime(name) {
            self = .time(json.string)
        } else {
            self = Self.sentences.contains(name) ? .sentence(json.string) : Shown(json)
        }
    }

    /// What is said in words, where times may stand among them.
    private static let sentences: Set<String> = ["reason", "why", "detail", "note", "answer"]

    private static func isTime(_ name: String) -> Bool {
        name == "at" || name == "time" || name == "until" || name.hasSuffix("_at") || name.hasSuffix("_since")
            || name.hasSuffix("_until")
    }

    /// A sentence with the times in it as times, and the ids of messages, events and jobs as places; nothing where there is
    /// none.
    ///
    /// The partial `words` shows it, and `linked` with its ids as links: not inside of what is a link itself.
    static func sentence(_ text: String?) -> Shown {
        guard let text, !text.isEmpty else { return .nothing }
        var pieces: [Shown] = []
        var rest = text[...]
        while let found = rest.firstMatch(of: marked) {
            pieces.append(piece(rest[..<found.range.lowerBound]))
            pieces.append(found.output.1.map { piece(found.output.0, kind: $0) } ?? instant(found.output.0))
            rest = rest[found.range.upperBound...]
        }
        return ["pieces": .list(pieces + [piece(rest)])]
    }

    /// A time, or an id with its kind.
    private static var marked: Regex<(Substring, Substring?)> {
        /[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}(?:\.[0-9]+)?Z|(msg|evt|job)_[0-9A-HJKMNP-TV-Z]{26}/
    }

    private static func piece(_ text: Substring, kind: Substring? = nil) -> Shown {
        let list = kind.flatMap { ["msg": "messages", "evt": "events", "job": "jobs"][$0] }
        return [
            "text": .text(String(text)), "place": .optional(list.map { "\($0)/\(text)" }), "instant": .nothing,
        ]
    }

    private static func instant(_ text: Substring) -> Shown {
        ["text": .nothing, "place": .nothing, "instant": .time(String(text))]
    }

    /// An instant, for the partial `time`; another text stays a text.
    static func time(_ text: String?) -> Shown {
        guard let text else { return .nothing }
        guard let instant = Timestamp(rfc3339: text) else { return .text(text) }
        return .time(instant)
    }

    /// An instant, for the partial `time`.
    static func time(_ instant: Timestamp?) -> Shown {
        guard let instant else { return .nothing }
        let text = instant.rfc3339
        let words = text.prefix(19).replacing("T", with: " ") + " UTC"
        return ["iso": .text(text), "words": .text(String(words))]
    }
}

extension JSON {
    /// The instant that a text names; `nil` for anything else.
    var time: Timestamp? { string.flatMap(Timestamp.init(rfc3339:)) }
}
