// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// A compiled template: what the renderer walks.
final class Program: Sendable {
    let source: String
    let environment: LiquidEnvironment
    let nodes: [Node]

    /// The text that every rendering gives.
    let constant: String?

    /// The only output, when the source is nothing but that.
    let soleOutput: Pipeline?

    init(source: String, environment: LiquidEnvironment, nodes: [Node]) {
        self.source = source
        self.environment = environment
        self.nodes = nodes
        constant = Self.constant(nodes)
        if nodes.count == 1, case .output(let pipeline) = nodes[0] { soleOutput = pipeline } else { soleOutput = nil }
    }

    private static func constant(_ nodes: [Node]) -> String? {
        var text = ""
        for node in nodes {
            guard case .text(let part) = node else { return nil }
            text += part
        }
        return text
    }

    /// The place of a byte of the source.
    func place(of offset: Int) -> SourcePlace {
        SourcePlace(of: offset, in: source)
    }
}

extension SourcePlace {
    /// The place of a byte of a text.
    init(of offset: Int, in source: String) {
        let before = Array(source.utf8.prefix(offset))
        line = 1 + before.count { $0 == UInt8(ascii: "\n") }
        let start = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        column = 1 + String(decoding: before[start...], as: UTF8.self).count
    }
}

/// One step of a program.
enum Node: Sendable {
    case text(String)
    case output(Pipeline)
    case assign(name: String, value: Pipeline)
    case capture(name: String, body: [Node])
    /// The body of the first branch whose condition holds; a branch without condition always holds.
    case conditional([Branch])
    indirect case selection(Selection)
    indirect case loop(Loop)
    indirect case table(Table)
    indirect case cycle(Cycle)
    /// Prints a counter, then adds the step, or with a negative step adds first.
    case count(name: String, step: Int)
    case ifChanged([Node])
    case interrupt(Interrupt)
}

/// What ends a loop's body early.
enum Interrupt: Sendable {
    case `break`
    case `continue`
}

/// A condition and what is rendered when it holds.
struct Branch: Sendable {
    let condition: Condition?
    var body: [Node]
}

/// `case`: the bodies of all `when` that equal the value, once for each value that does; `else` where none did yet.
struct Selection: Sendable {
    let subject: Expression
    /// `nil` candidates: an `else`.
    var arms: [(candidates: [Expression]?, body: [Node])]
}

/// `for`.
struct Loop: Sendable {
    /// The part of a list that a loop runs over.
    enum Start: Sendable {
        case first
        case at(Expression)
        /// Where the last loop of the same ``Loop/name`` stopped.
        case `continue`
    }

    let variable: String
    /// The variable and the list as they are written: `forloop.name`, and the key for `offset: continue`.
    let name: String
    let list: Expression
    let start: Start
    let limit: Expression?
    let isReversed: Bool
    let body: [Node]
    let otherwise: [Node]
    let offset: Int
}

/// `tablerow`.
struct Table: Sendable {
    let variable: String
    let list: Expression
    let start: Expression?
    let limit: Expression?
    let columns: Expression?
    let body: [Node]
    let offset: Int
}

/// `cycle`.
struct Cycle: Sendable {
    /// The group's name, where it has one.
    let group: Expression?
    /// The key of a group without a name.
    let key: String
    /// The values as they are written.
    let text: String
    let values: [Expression]
    let offset: Int
}
