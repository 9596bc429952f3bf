// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import EventPatterns
import Events
import Testing

/// A mistake in a pattern and what is said about it: what event-ruler rejects, and what nobody can mean.
struct RejectionRow: CustomTestStringConvertible, Sendable {
    let pattern: String
    let code: EventPatternError.Code
    let path: String
    let message: String

    init(_ pattern: String, _ code: EventPatternError.Code, _ path: String, _ message: String) {
        self.pattern = pattern
        self.code = code
        self.path = path
        self.message = message
    }

    var testDescription: String { pattern }

    func check() throws {
        let json = try JSON(parsing: pattern)
        let error = #expect(throws: EventPatternError.self) { try EventPattern(payload: json) }
        #expect(error?.code == code)
        #expect(error?.path.joined(separator: "/") == path)
        #expect(error?.message == message)
        #expect(error?.root == .payload)
    }
}
