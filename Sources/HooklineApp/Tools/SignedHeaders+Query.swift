// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import Webhooks

extension SignedHeaders {
    /// The parameters that the sender adds to the address, by name.
    var queryItems: [URLQueryItem] {
        query.sorted { $0.key < $1.key }.map { URLQueryItem(name: $0.key, value: $0.value) }
    }

    /// The same, percent-encoded and with the question mark; empty where there are none.
    var queryString: String {
        var components = URLComponents()
        components.queryItems = queryItems.isEmpty ? nil : queryItems
        return components.string ?? ""
    }
}
