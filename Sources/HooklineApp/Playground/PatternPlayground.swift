// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import EventPatterns
package import Events

/// An event pattern outside of a rule: what `hookline match` does.
package enum PatternPlayground {
    /// A pattern that is none, with its reason.
    package struct Failure: Error, Hashable, Sendable {
        /// The place in the pattern and a sentence.
        package let reason: String
    }

    /// Whether a payload matches, and if not, why.
    package struct Answer: Hashable, Sendable {
        /// Whether it matches.
        package let isMatch: Bool
        /// The first condition that does not hold, in words; `nil` for a match.
        package let reason: String?
    }

    /// Holds a payload against a pattern.
    ///
    /// - Parameters:
    ///   - pattern: The pattern as JSON.
    ///   - event: The payload.
    /// - Returns: The answer.
    /// - Throws: ``Failure`` with the place in the pattern.
    package static func match(_ pattern: JSON, _ event: JSONNode) throws(Failure) -> Answer {
        let compiled: EventPattern
        do {
            compiled = try EventPattern(payload: pattern)
        } catch {
            throw Failure(reason: "\(error)")
        }
        let failure = compiled.firstFailure(event)
        return Answer(isMatch: failure == nil, reason: failure.map { "\($0)" })
    }
}
