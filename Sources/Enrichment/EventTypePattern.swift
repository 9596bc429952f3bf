// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// An event type with `*` for any text, such as `store/order/*`; letters are told apart by case.
struct EventTypePattern: Hashable, Sendable {
    /// The texts between the stars.
    private let parts: [String]

    init(_ text: String) {
        parts = text.split(separator: "*", omittingEmptySubsequences: false).map(String.init)
    }

    /// Whether a type is of the form: the first and last part at its ends, the others between them in their order.
    func matches(_ type: String) -> Bool {
        guard parts.count > 1, let first = parts.first, let last = parts.last else { return parts == [type] }
        guard type.hasPrefix(first) else { return false }
        var rest = type.dropFirst(first.count)
        for part in parts.dropFirst().dropLast() where !part.isEmpty {
            guard let found = rest.firstRange(of: part) else { return false }
            rest = rest[found.upperBound...]
        }
        return rest.hasSuffix(last)
    }
}
