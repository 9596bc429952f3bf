// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import HTTPTypes
package import OrderedCollections

extension Event {
    /// The request's headers as rules and templates see them: names in lower case, the values of repeated lines joined
    /// by commas.
    package var headerValues: OrderedDictionary<String, String> {
        OrderedDictionary(headers.map { ($0.name.canonicalName, $0.value) }) { "\($0), \($1)" }
    }
}
