// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events
internal import Foundation
internal import OrderedCollections

/// An element whose end has not come yet.
struct OpenElement {
    let name: String
    /// Attributes, then children, by name; several of one name in their order.
    var members: OrderedDictionary<String, [JSON]> = [:]
    var text: [UInt8] = []

    /// The element's value: its text where it has nothing else.
    var value: JSON {
        let text = String(decoding: text, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        if members.isEmpty { return .string(text) }
        var members = members.mapValues { $0.count == 1 ? $0[0] : .array($0) }
        if !text.isEmpty { members["#text"] = .string(text) }
        return .object(members)
    }
}
