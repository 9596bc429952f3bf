// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import CheckedYAML

/// The lines of its file that are one rule, as somebody wrote them, with the remark right above them.
package struct RuleLines: Hashable, Sendable {
    /// Where its name stands.
    let location: SourceLocation
    /// The number of the first line in the file, counted from 1.
    package let firstLine: Int
    /// The lines, without their ends.
    package let lines: [String]

    /// The number of the last line.
    package var lastLine: Int { firstLine + max(0, lines.count - 1) }

    /// Whether a place is in these lines; the file is not asked for.
    package func contains(_ location: SourceLocation) -> Bool { (firstLine...lastLine).contains(location.line) }

    /// The lines of a rule.
    ///
    /// A rule is a mapping in a list: it ends before the first line that is indented less than its keys, and remarks and
    /// blank lines at its end are no part of it.
    ///
    /// - Parameters:
    ///   - node: The rule.
    ///   - source: The file.
    init(of node: YAMLNode, in source: SourceText) {
        location = node.entries?.first { $0.key == "name" }?.keyLocation ?? node.location
        let start = node.entries?.first?.keyLocation ?? node.location
        let indent = start.column - 1
        var first = start.line
        while first > 1, case .remark(let column) = Self.kind(source.line(first - 1)), column < indent { first -= 1 }
        var last = start.line
        var next = last + 1
        scan: while next <= source.lines.count {
            switch Self.kind(source.line(next)) {
            case .blank: break
            case .remark(let column), .text(let column):
                if column >= indent {
                    last = next
                } else if case .text = Self.kind(source.line(next)) {
                    break scan
                }
            }
            next += 1
        }
        firstLine = first
        lines = (first...last).map(source.line)
    }

    /// What stands on a line, and how far it is moved in.
    private enum LineKind {
        case blank
        case remark(Int)
        case text(Int)
    }

    private static func kind(_ line: String) -> LineKind {
        let rest = line.drop { $0 == " " }
        guard let letter = rest.first, letter != "\r" else { return .blank }
        let column = line.count - rest.count
        return letter == "#" ? .remark(column) : .text(column)
    }
}
