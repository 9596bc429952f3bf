// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// A finding in a file that a user wrote: where it is, what was found, what was expected.
package struct Diagnostic: Error, Hashable, Sendable {
    /// How bad a finding is.
    package enum Severity: String, Hashable, Sendable {
        /// The rules of the folder cannot run.
        case error
        /// The rules run, and probably not as their writer meant.
        case warning
    }

    /// How bad it is.
    package let severity: Severity
    /// The kind of finding, a section of `docs/diagnostics.md`.
    package let id: DiagnosticID
    /// Where it is.
    package let location: SourceLocation
    /// One sentence without phone number or secret: what was found; what was expected.
    package let message: String
    /// What to do about it, such as `did you mean 'money'?`.
    package let hint: String?

    package init(_ id: DiagnosticID, at location: SourceLocation, _ message: String, hint: String? = nil) {
        severity = id.severity
        self.id = id
        self.location = location
        self.message = message
        self.hint = hint
    }

    /// The message and its hint.
    package var sentence: String {
        guard let hint else { return message }
        return "\(message); \(hint)"
    }
}

extension Diagnostic: CustomStringConvertible {
    /// One line as compilers write it: `rules/shop.yaml:12:9: error: unknown filter 'mony'; did you mean 'money'? [liquid]`.
    package var description: String { "\(location): \(severity.rawValue): \(sentence) [\(id)]" }
}

extension Diagnostic: Comparable {
    /// Order by place, then by id and message, so that a run's output does not depend on the order of the checks.
    package static func < (left: Diagnostic, right: Diagnostic) -> Bool {
        guard left.location == right.location else { return left.location < right.location }
        return (left.id.rawValue, left.message) < (right.id.rawValue, right.message)
    }
}
