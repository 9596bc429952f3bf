// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CheckedYAML
import Events

/// The comments `# hookline:ignore ID` of a file.
struct IgnoreComments: Sendable {
    private struct Comment {
        let id: String
        let location: SourceLocation
        /// The line that the comment silences: its own, or the next where nothing else stands on its own.
        let target: Int
    }

    private let path: String
    private let comments: [Comment]

    init(_ source: SourceText) {
        path = source.path
        comments = Self.find(source)
    }

    /// Leaves out what the comments silence.
    ///
    /// - Parameters:
    ///   - diagnostics: Of any files.
    ///   - isWhole: Whether every check has run. Otherwise, and beside an error, which keeps checks from running, a
    ///     comment that silences nothing may have its use, unless its id is none at all.
    /// - Returns: The rest, and a warning for each comment that silences nothing. Errors stay.
    func apply(to diagnostics: [Diagnostic], isWhole: Bool) -> [Diagnostic] {
        guard !comments.isEmpty else { return diagnostics }
        let byLine = Dictionary(grouping: comments, by: \.target)
        var used: Set<SourceLocation> = []
        var isBroken = false
        let rest = diagnostics.filter { diagnostic in
            guard diagnostic.location.file == path else { return true }
            guard diagnostic.severity == .warning else {
                isBroken = true
                return true
            }
            let comment = byLine[diagnostic.location.line]?.first { $0.id == diagnostic.id.rawValue }
            if let comment { used.insert(comment.location) }
            return comment == nil
        }
        let known = Set(DiagnosticID.all.map(\.rawValue))
        let mayBeUseful = isBroken || !isWhole
        return rest
            + comments.filter { !used.contains($0.location) && !(mayBeUseful && known.contains($0.id)) }.map(useless)
    }

    private func useless(_ comment: Comment) -> Diagnostic {
        let known = DiagnosticID.all.map(\.rawValue)
        let message =
            "found 'hookline:ignore \(comment.id)', which silences nothing; expected a warning of that id here"
        let hint = known.contains(comment.id) ? nil : NearMiss.question(for: comment.id, among: known)
        return Diagnostic(.uselessIgnore, at: comment.location, message, hint: hint)
    }

    private static func find(_ source: SourceText) -> [Comment] {
        guard source.text.utf8.contains(UInt8(ascii: "#")) else { return [] }
        var comments: [Comment] = []
        // The next line below that is more than a comment; looked for from the end, once for each line.
        var below: Int?
        for (index, scalars) in source.lines.enumerated().reversed() {
            let isAlone = isComment(scalars)
            if let (column, ids) = mark(in: scalars) {
                let location = source.location(line: index + 1, column: column)
                let target = isAlone ? below ?? index : index
                comments += ids.reversed().map { Comment(id: $0, location: location, target: target + 1) }
            }
            if !isAlone { below = index }
        }
        return comments.reversed()
    }

    /// The ids of a line's comment and its column.
    private static func mark(in scalars: [Unicode.Scalar]) -> (column: Int, ids: [String])? {
        guard scalars.contains("#") else { return nil }
        let line = String(String.UnicodeScalarView(scalars))
        guard let mark = line.firstRange(of: "# hookline:ignore ") else { return nil }
        let words = line[mark.upperBound...].split { $0 == " " || $0 == "," }
        return (line[..<mark.lowerBound].unicodeScalars.count + 1, words.map(String.init))
    }

    private static func isComment(_ line: [Unicode.Scalar]) -> Bool {
        line.first { $0 != " " } == "#"
    }
}
