// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events
internal import OrderedCollections

/// What may stand in a request's body: members of a JSON object.
package struct BodyShape: Hashable, Sendable {
    /// A member.
    package struct Field: Hashable, Sendable {
        /// Its name.
        package let name: String
        /// What it must be.
        package let kind: Kind
        /// Whether a body without it is refused.
        package let isRequired: Bool
        /// What it is for.
        package let summary: String

        /// A text that may be left out.
        init(_ name: String, _ summary: String) {
            self.init(name, .text(1...500), summary)
        }

        init(_ name: String, _ kind: Kind, required: Bool = false, _ summary: String) {
            self.name = name
            self.kind = kind
            isRequired = required
            self.summary = summary
        }
    }

    /// What a member must be.
    package enum Kind: Hashable, Sendable {
        /// A text of so many characters.
        case text(ClosedRange<Int>)
        /// One of these words.
        case choice([String])
        /// RFC 3339.
        case time
        /// A whole number.
        case number(ClosedRange<Int>)
        /// A time span, such as `30d`, as it is written: how long it may be, its route says; `null` for none.
        case duration
        /// `true` or `false`.
        case flag
        /// A text of so many characters, of any number of lines.
        case document(ClosedRange<Int>)
        /// Texts, so many of them, each of so many characters.
        case texts(ClosedRange<Int>, each: ClosedRange<Int> = 1...200)
    }

    /// The members, in the order of the document.
    package let fields: [Field]

    /// A shape of these members, and of the reason that every change takes.
    init(_ fields: [Field]) {
        self.fields = fields + [Field("reason", "Why, for the audit log and the timeline.")]
    }

    /// Everything that is wrong with a body, each with its place.
    func mistakes(in body: JSON) -> [FieldMistake] {
        guard let members = body.object else {
            return [.init(.pointer("#"), "is \(body.typeName); expected an object")]
        }
        let unknown = members.keys.filter { key in !fields.contains { $0.name == key } }
            .map { FieldMistake(.pointer("#/\(Self.escaped($0))"), "is not known") }
        let missing = fields.filter { $0.isRequired && members[$0.name] == nil }
            .map { FieldMistake(.pointer("#/\($0.name)"), "is missing") }
        let wrong = fields.flatMap { field in members[field.name].map { field.mistakes(in: $0) } ?? [] }
        return unknown + missing + wrong
    }

    /// A member's name as RFC 6901 writes it.
    private static func escaped(_ name: String) -> String {
        String(name.prefix(100)).replacing("~", with: "~0").replacing("/", with: "~1")
    }
}

extension BodyShape.Field {
    fileprivate func mistakes(in value: JSON) -> [FieldMistake] {
        switch (kind, value) {
        case (.texts(let range, let each), .array(let elements)):
            guard range.contains(elements.count) else {
                return [mistake("has \(elements.count) elements; expected \(range.lowerBound) to \(range.upperBound)")]
            }
            return elements.enumerated().compactMap { index, element in
                Self.isLine(element.string, each)
                    ? nil
                    : mistake("is no text of \(each.lowerBound) to \(each.upperBound) characters", "/\(index)")
            }
        default:
            return accepts(value) ? [] : [mistake("is \(value.typeName) that does not fit; expected \(expectation)")]
        }
    }

    private func mistake(_ reason: String, _ below: String = "") -> FieldMistake {
        FieldMistake(.pointer("#/\(name)\(below)"), reason)
    }

    private func accepts(_ value: JSON) -> Bool {
        switch kind {
        case .text(let range): Self.isLine(value.string, range)
        case .choice(let words): value.string.map(words.contains) ?? false
        case .time: value.string.flatMap(Timestamp.init(rfc3339:)) != nil
        case .number(let range): value.number?.int.map(range.contains) ?? false
        case .duration: value == .null || value.string.map(Self.isSpan) ?? false
        case .flag: value.bool != nil
        case .document(let range): value.string.map { range.contains($0.unicodeScalars.count) } ?? false
        case .texts: false
        }
    }

    private static func isSpan(_ text: String) -> Bool {
        guard let pattern = try? Regex(DurationText.pattern) else { return false }
        return text.wholeMatch(of: pattern) != nil
    }

    private static func isLine(_ text: String?, _ range: ClosedRange<Int>) -> Bool {
        guard let text else { return false }
        return range.contains(text.unicodeScalars.count)
            && text.unicodeScalars.allSatisfy { scalar in
                scalar.properties.generalCategory != .control && scalar != "\u{2028}" && scalar != "\u{2029}"
            }
    }

    private var expectation: String {
        switch kind {
        case .text(let range): "one line of \(range.lowerBound) to \(range.upperBound) characters"
        case .choice(let words): words.joined(separator: ", ")
        case .time: "RFC 3339, such as 2026-01-15T04:30:00Z"
        case .number(let range): "a whole number from \(range.lowerBound) to \(range.upperBound)"
        case .duration: "null or \(DurationText.expectation)"
        case .flag: "true or false"
        case .document(let range): "a text of \(range.lowerBound) to \(range.upperBound) characters"
        case .texts(let range, _): "a list of \(range.lowerBound) to \(range.upperBound) texts"
        }
    }
}

/// What is wrong in a request, and where.
package struct FieldMistake: Hashable, Sendable {
    /// Where it stands.
    enum Place: Hashable, Sendable {
        /// In the body: a JSON pointer as a fragment (RFC 6901).
        case pointer(String)
        /// In the query.
        case parameter(String)
        /// In a header.
        case header(String)
    }

    let place: Place
    /// What was found and what was expected; never the value itself.
    let detail: String

    init(_ place: Place, _ detail: String) {
        self.place = place
        self.detail = detail
    }

    var json: JSON {
        switch place {
        case .pointer(let text): ["pointer": .string(text), "detail": .string(detail)]
        case .parameter(let name): ["parameter": .string(name), "detail": .string(detail)]
        case .header(let name): ["header": .string(name), "detail": .string(detail)]
        }
    }
}
