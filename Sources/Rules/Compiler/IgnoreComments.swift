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
    ///   - isWhole: Whether every check has run. Otherwise a comment that silences nothing may have its use, unless
    ///     its id is none at all.
    /// - Returns: The rest, and a warning for each comment that silences nothing. Errors stay.
    func apply(to diagnostics: [Diagnostic], isWhole: Bool) -> [Diagnostic] {
        guard !comments.isEmpty else { return diagnostics }
        var used: Set<SourceLocation> = []
        let rest = diagnostics.filter { diagnostic in
            guard diagnostic.severity == .warning, diagnostic.location.file == path else { return true }
            let comment = comments.first { comment in
                comment.id == diagnostic.id.rawValue && comment.target == diagnostic.location.line
            }
            if let comment { used.insert(comment.location) }
            return comment == nil
        }
        let known = Set(DiagnosticID.all.map(\.rawValue))
        return rest
            + comments.filter { !used.contains($0.location) && (isWhole || !known.contains($0.id)) }.map(useless)
    }

    private func useless(_ comment: Comment) -> Diagnostic {
        let known = DiagnosticID.all.map(\.rawValue)
        let message =
            "found 'hookline:ignore \(comment.id)', which silences nothing; expected a warning of that id here"
        let hint = known.contains(comment.id) ? nil : NearMiss.question(for: comment.id, among: known)
        return Diagnostic(.uselessIgnore, at: comment.location, message, hint: hint)
    }

    private static func find(_ source: SourceText) -> [Comment] {
        var comments: [Comment] = []
        for (index, scalars) in source.lines.enumerated() where scalars.contains("#") {
            let line = String(String.UnicodeScalarView(scalars))
            guard let mark = line.firstRange(of: "# hookline:ignore ") else { continue }
            let column = line[..<mark.lowerBound].unicodeScalars.count + 1
            let below = index + 1..<max(index + 1, source.lines.count)
            let target = isComment(scalars) ? below.first { !isComment(source.lines[$0]) } ?? index : index
            for word in line[mark.upperBound...].split(whereSeparator: { $0 == " " || $0 == "," }) {
                let location = source.location(line: index + 1, column: column)
                comments.append(Comment(id: String(word), location: location, target: target + 1))
            }
        }
        return comments
    }

    private static func isComment(_ line: [Unicode.Scalar]) -> Bool {
        line.first { $0 != " " } == "#"
    }
}
