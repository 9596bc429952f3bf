// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
internal import OrderedCollections

/// How one body that holds several events becomes one payload for each.
package enum Batch: Hashable, Sendable {
    /// The body is an array, or has one at this path; each element is a payload of its own.
    case elements(at: FieldPath?)
    /// Each payload is the whole body with one element left in the arrays of these paths, the outer array first
    /// (`entry`, then `entry.0.changes`): for senders that put what all events share around them.
    case oneElement(ofEach: [FieldPath])

    /// The most events that one request may hold: Meta sends up to 1,000 updates, others some dozens.
    ///
    /// - SeeAlso: [Webhooks for the Meta platform](https://developers.facebook.com/docs/graph-api/webhooks/getting-started)
    static let maxEvents = 1_000
    /// The most bytes that the payloads may have together, where each repeats what is around its element.
    static let maxBytes = 64 << 20

    /// Each event keeps the whole body while all copies have no more bytes than this, else its own payload: a thousand
    /// copies of the request of a thousand events would fill the disk.
    static let maxCopiedBytes = 8 << 20

    /// The payloads of a body.
    ///
    /// - Parameter document: The decoded body.
    /// - Returns: One payload an event, in their order; the whole body where the array is missing, none where it
    ///   is empty.
    /// - Throws: ``WebhookError`` with code `batchTooLarge` when there would be more than ``maxEvents``, or more than
    ///   ``maxBytes`` of them.
    func split(_ document: JSONDocument) throws(WebhookError) -> [JSON] {
        switch self {
        case .elements(let path):
            let node = path.map { document.root[$0] } ?? document.root
            guard let node, node.kind == .array else { return [document.root.value] }
            try Self.check(count: node.count)
            return node.elements.map(\.value)
        case .oneElement(let paths):
            var payloads = [document.root.value]
            for path in paths {
                var parts: [JSON] = []
                for payload in payloads {
                    try Self.check(count: parts.count + payload.count(at: path.steps[...]))
                    parts += payload.split(at: path.steps[...])
                }
                payloads = parts
            }
            try Self.check(bytesOf: payloads, in: document.bytes.count)
            return payloads
        }
    }

    private static func check(count: Int) throws(WebhookError) {
        guard count > maxEvents else { return }
        throw mistake("the batch holds \(count) events; at most \(maxEvents) are allowed")
    }

    /// Each payload is at most as large as the body, so that they are only written out where that could matter.
    private static func check(bytesOf payloads: [JSON], in body: Int) throws(WebhookError) {
        guard payloads.count * body > maxBytes else { return }
        var sum = 0
        for payload in payloads {
            sum += payload.encoded().count
            guard sum <= maxBytes else {
                throw mistake(
                    "the batch's \(payloads.count) events repeat what is around them; more than "
                        + "\(maxBytes) bytes are not allowed"
                )
            }
        }
    }

    private static func mistake(_ reason: String) -> WebhookError {
        WebhookError(code: .unreadableBody, reason: reason)
    }
}

extension JSON {
    /// How many values ``split(at:)`` makes of this one.
    fileprivate func count(at steps: ArraySlice<String>) -> Int {
        guard let step = steps.first else {
            guard case .array(let elements) = self else { return 1 }
            return elements.count
        }
        switch self {
        case .object(let members): return members[step]?.count(at: steps.dropFirst()) ?? 1
        case .array(let elements):
            guard let position = Int(step), elements.indices.contains(position) else { return 1 }
            return elements[position].count(at: steps.dropFirst())
        default: return 1
        }
    }

    /// The value once for each element of the array at a path, with that element alone in the array.
    fileprivate func split(at steps: ArraySlice<String>) -> [JSON] {
        guard let step = steps.first else {
            guard case .array(let elements) = self else { return [self] }
            return elements.map { .array([$0]) }
        }
        switch self {
        case .object(var members):
            guard let member = members[step] else { return [self] }
            return member.split(at: steps.dropFirst()).map { part in
                members[step] = part
                return .object(members)
            }
        case .array(var elements):
            guard let position = Int(step), elements.indices.contains(position) else { return [self] }
            return elements[position].split(at: steps.dropFirst()).map { part in
                elements[position] = part
                return .array(elements)
            }
        default: return [self]
        }
    }
}
