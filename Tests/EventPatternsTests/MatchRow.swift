// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import EventPatterns
import Events
import Testing

/// One pattern, one event, and whether they match.
struct MatchRow: CustomTestStringConvertible, Sendable {
    let pattern: String
    let event: String
    let matches: Bool

    init(_ pattern: String, _ event: String, _ matches: Bool) {
        self.pattern = pattern
        self.event = event
        self.matches = matches
    }

    var testDescription: String { "\(pattern) \(matches ? "matches" : "does not match") \(event)" }

    /// Asks the pattern, the index of it, and the explanation: they must agree with the row.
    func check() throws {
        let compiled = try EventPattern(payload: JSON(parsing: pattern))
        let document = try JSONDocument(Array(event.utf8))
        #expect(compiled.matches(document.root) == matches)
        #expect(PatternIndex([compiled]).matches(document) == (matches ? [0] : []))
        #expect((compiled.firstFailure(document.root) == nil) == matches)
        #expect(try ReferenceMatcher(JSON(parsing: pattern)).matches(document.root.value) == matches)
    }
}
