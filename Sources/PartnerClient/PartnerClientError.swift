// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// Why an account cannot be used, or why its templates could not be read.
package struct PartnerClientError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The kinds of failures.
    package enum Code: String, Hashable, Sendable {
        /// A base URL that is no plain `https` address.
        case badBaseURL = "bad_base_url"
        /// A key or secret that is empty or no header value.
        case badCredentials = "bad_credentials"
        /// Two accounts of one name.
        case duplicateAccount = "duplicate_account"
        /// No account has the name.
        case unknownAccount = "unknown_account"
        /// The partner refused key or secret.
        case unauthorized
        /// The partner answered, but not with templates.
        case badAnswer = "bad_answer"
        /// No answer arrived.
        case unreachable
    }

    /// What kind of failure it is.
    package let code: Code
    /// The account it happened to.
    package let account: String
    /// One sentence; no secret, no phone number.
    package let reason: String
    /// The answer's HTTP status; `nil` when none arrived.
    package let status: Int?

    package init(_ code: Code, account: String, _ reason: String, status: Int? = nil) {
        self.code = code
        self.account = account
        self.reason = reason
        self.status = status
    }

    package var description: String { "account \(account): \(reason)" }
}
