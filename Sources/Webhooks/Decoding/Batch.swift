// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
internal import OrderedCollections

/// How one body that holds several events becomes one payload for each.
package enum Batch: Hashable, Sendable {
    /// The body is an array, or has one at this path; each element is a payload of its own, with these members of the
    /// body's object beside its own.
    case elements(at: FieldPath?, keeping: [String] = [])
    /// Each payload is the whole body with one element left of the arrays of each level, the outer level first: for
    /// senders that put what all events share around them.
    case oneElement(ofEach: [BatchLevel])

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
        case .elements(let path, let kept): return try Self.elements(of: document, at: path, keeping: kept)
        case .oneElement(let levels):
            var payloads = [document.root.value]
            for (depth, level) in levels.enumerated() {
                var parts: [JSON] = []
                for payload in payloads {
                    try Self.check(count: parts.count + payload.count(level))
                    parts += payload.split(level, emptyIsNothing: depth == 0)
                }
                payloads = parts
            }
            try Self.check(bytesOf: payloads, in: document.bytes.count)
            return payloads
        }
    }

    private static func elements(
        of document: JSONDocument,
        at path: FieldPath?,
        keeping kept: [String]
    ) throws(WebhookError) -> [JSON] {
        let node = path.map { document.root[$0] } ?? document.root
        guard let node, node.kind == .array else { return [document.root.value] }
        try check(count: node.count)
        let around = kept.compactMap { name in document.root[name].map { (name, $0.value) } }
        guard !around.isEmpty else { return node.elements.map(\.value) }
        let payloads = node.elements.map { element -> JSON in
            guard case .object(let members) = element.value else { return element.value }
            // What an element says itself is nearer to it than what stands around it.
            return .object(members.merging(around) { own, _ in own })
        }
        try check(bytesOf: payloads, in: document.bytes.count)
        return payloads
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
                        + "\(SettingValue.text(bytes: maxBytes)) are not allowed"
                )
            }
        }
    }

    private static func mistake(_ reason: String) -> WebhookError {
        WebhookError(code: .unreadableBody, reason: reason)
    }
}

extension JSON {
    /// How many values ``split(_:emptyIsNothing:)`` makes of this one, at least one counted for an empty level.
    fileprivate func count(_ level: BatchLevel) -> Int {
        max(1, level.steps.reduce(self as JSON?) { $0?.child($1) }.map { level.count(in: $0) } ?? 1)
    }

    /// The value once for each event of a level.
    ///
    /// - Parameters:
    ///   - level: Where the arrays are.
    ///   - emptyIsNothing: Whether arrays without an element are no event, rather than one that says nothing.
    /// - Returns: The values, in their order.
    fileprivate func split(_ level: BatchLevel, emptyIsNothing: Bool) -> [JSON] {
        split(level, level.steps[...]).map { !emptyIsNothing && $0.isEmpty ? [self] : $0 } ?? [self]
    }

    /// `nil` where the level's arrays are not there.
    private func split(_ level: BatchLevel, _ steps: ArraySlice<String>) -> [JSON]? {
        guard let step = steps.first else { return level.parts(of: self) }
        switch self {
        case .object(let members):
            guard let parts = members[step]?.split(level, steps.dropFirst()) else { return nil }
            return parts.map { part in
                var copy = members
                copy[step] = part
                return .object(copy)
            }
        case .array(let elements):
            guard let position = Int(step), elements.indices.contains(position),
                let parts = elements[position].split(level, steps.dropFirst())
            else { return nil }
            return parts.map { part in
                var copy = elements
                copy[position] = part
                return .array(copy)
            }
        default: return nil
        }
    }

    private func child(_ step: String) -> JSON? {
        self[step] ?? Int(step).flatMap { self[$0] }
    }
}
