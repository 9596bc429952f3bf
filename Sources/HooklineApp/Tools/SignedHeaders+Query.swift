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
    var queryString: String { queryItems.isEmpty ? "" : "?" + queryItems.encodedQuery }
}

extension [URLQueryItem] {
    /// As a query, with everything escaped that any reader could take for something else: `URLComponents` lets a plus
    /// sign stand, which forms read as a space.
    var encodedQuery: String {
        map { "\(Self.encode($0.name))=\(Self.encode($0.value ?? ""))" }.joined(separator: "&")
    }

    private static func encode(_ text: String) -> String {
        let plain = CharacterSet(charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
        return text.addingPercentEncoding(withAllowedCharacters: plain) ?? ""
    }
}
