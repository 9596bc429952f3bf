// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events

/// A field of a payload that an expression can name.
struct PayloadField: Sendable {
    /// Keys and positions from the payload's root.
    let steps: [Step]
    /// The same as Liquid writes it, such as `line_items[0].title`.
    let path: String
    /// The words of its own name.
    let words: [String]
    /// The words of the names above it, the nearest first.
    let parents: [String]
    /// What stands there.
    let value: JSONNode
    /// How many fields were found before it.
    let position: Int

    /// A key of an object, or the position in a list.
    enum Step: Hashable, Sendable {
        case key(String)
        case position(Int)
    }

    /// Whether it belongs to one element of a list, of which there may be others.
    var isInList: Bool { steps.contains { if case .position = $0 { true } else { false } } }

    /// Its text, or its number as it is written; `nil` for anything else, and for long texts.
    var text: String? {
        switch value.kind {
        case .string, .escapedString: value.string.flatMap { $0.utf8.count <= 2_000 ? $0 : nil }
        case .number: value.number?.text
        default: nil
        }
    }

    /// Whether it has a word in its own name.
    func isNamed(_ candidates: Set<String>) -> Bool { words.contains(where: candidates.contains) }

    /// Whether it stands below something of that name.
    func isBelow(_ candidates: Set<String>) -> Bool { parents.contains(where: candidates.contains) }
}

/// The fields of an event, those at the top first.
struct PayloadFields: Sendable {
    /// The most fields that are looked at; a large payload has its own ones near the top.
    private static let most = 3_000
    private static let deepest = 12

    /// In their order, level by level.
    let all: [PayloadField]
    private let root: JSONNode

    /// Looks at a payload.
    ///
    /// - Parameter root: The payload.
    init(_ root: JSONNode) {
        self.root = root
        var found: [PayloadField] = []
        var level: [(steps: [PayloadField.Step], names: [String], node: JSONNode)] = [([], [], root)]
        for _ in 0..<Self.deepest where !level.isEmpty && found.count < Self.most {
            var next: [(steps: [PayloadField.Step], names: [String], node: JSONNode)] = []
            for parent in level {
                for (step, node) in Self.children(of: parent.node) {
                    guard found.count < Self.most else { break }
                    let steps = parent.steps + [step]
                    let names = step.name.map { parent.names + [$0] } ?? parent.names
                    guard let path = Self.path(steps) else { continue }
                    found.append(
                        PayloadField(
                            steps: steps,
                            path: path,
                            words: names.last.map(Words.ofName) ?? [],
                            parents: names.dropLast().suffix(3).reversed().flatMap(Words.ofName),
                            value: node,
                            position: found.count
                        )
                    )
                    if node.kind == .object || node.kind == .array { next.append((steps, names, node)) }
                }
            }
            level = next
        }
        all = found
    }

    /// The members of an object, the first element of a list.
    private static func children(of node: JSONNode) -> [(PayloadField.Step, JSONNode)] {
        switch node.kind {
        case .object: node.members.prefix(most).map { (.key($0.key), $0.value) }
        case .array: node[0].map { [(.position(0), $0)] } ?? []
        default: []
        }
    }

    /// The fields that stand in the same object.
    func siblings(of field: PayloadField) -> [PayloadField] {
        let parent = field.steps.dropLast()
        return all.filter { $0.steps.count == field.steps.count && $0.steps.dropLast() == parent }
    }

    /// The fields directly below a place.
    func members(of steps: some Collection<PayloadField.Step>) -> [PayloadField] {
        all.filter { $0.steps.count == steps.count + 1 && $0.steps.starts(with: steps) }
    }

    // MARK: Paths

    /// A path as Liquid writes it; `nil` for one with a name that it cannot write.
    static func path(_ steps: [PayloadField.Step]) -> String? {
        var path = ""
        for (position, step) in steps.enumerated() {
            switch step {
            case .position(let number): path += position == 0 ? "body[\(number)]" : "[\(number)]"
            case .key(let key)
            where isPlain(key) && !(position == 0 && taken.contains(key)) && !properties.contains(key):
                path += position == 0 ? key : ".\(key)"
            case .key(let key):
                guard let quoted = quoted(key) else { return nil }
                path += position == 0 ? "body[\(quoted)]" : "[\(quoted)]"
            }
        }
        return path
    }

    /// Names that mean something else at the beginning of a path.
    private static let taken: Set<String> = [
        "webhook", "body", "self", "item", "forloop", "true", "false", "nil", "null", "empty", "blank", "and",
        "or", "not", "contains", "in", "now", "today",
    ]
    /// Names that ask for something of a list or text.
    private static let properties: Set<String> = ["size", "first", "last"]

    /// Whether a key can stand without quotes.
    static func isPlain(_ key: String) -> Bool {
        guard let first = key.unicodeScalars.first, first.isASCII, first.properties.isAlphabetic || first == "_",
            key.utf8.count <= 100
        else { return false }
        return key.utf8.allSatisfy { byte in
            byte == UInt8(ascii: "_") || (byte | 0x20 >= UInt8(ascii: "a") && byte | 0x20 <= UInt8(ascii: "z"))
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        }
    }

    private static func quoted(_ key: String) -> String? {
        guard !key.isEmpty, key.utf8.count <= 100, !key.contains("}}"), !key.contains("%}"),
            key.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control && $0.value < 0xE000 })
        else { return nil }
        if !key.contains("'") { return "'\(key)'" }
        return key.contains("\"") ? nil : "\"\(key)\""
    }
}

extension PayloadField.Step {
    /// The key; `nil` for a position.
    fileprivate var name: String? { if case .key(let key) = self { key } else { nil } }
}
