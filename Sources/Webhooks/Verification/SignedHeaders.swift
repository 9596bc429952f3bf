// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import HTTPTypes

/// What a sender adds to a request to prove that it is its own.
package struct SignedHeaders: Hashable, Sendable {
    /// Headers to add.
    package var headers: HTTPFields = [:]
    /// Query parameters to add, not yet percent-encoded.
    package var query: [String: String] = [:]
    /// The body to post instead, where the proof stands in the body.
    package var body: [UInt8]?
    /// Whether any of it proves something, beside naming the event.
    package var isProof = false
}
