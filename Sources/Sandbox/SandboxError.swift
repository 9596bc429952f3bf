// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events

/// Why the sandbox does not do what a request asks, as the caller reads it.
package struct SandboxError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The HTTP status of the answer.
    package let status: Int
    /// A stable word in upper case, such as `UNAUTHORIZED`.
    package let code: String
    /// One sentence: what was found, what was expected; never a secret or a phone number.
    package let reason: String

    package init(_ status: Int, _ code: String, _ reason: String) {
        self.status = status
        self.code = code
        self.reason = reason
    }

    /// The code and the sentence.
    package var description: String { "\(code): \(reason)" }

    /// The answer's body in the shape that the contract fixes where the published page is silent.
    var json: JSON {
        ["success": false, "error": ["code": .string(code), "message": .string(reason)]]
    }
}
