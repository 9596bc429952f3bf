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

    /// The payloads of a body.
    ///
    /// - Parameter document: The decoded body.
    /// - Returns: One payload an event, in their order; the whole body where the array is missing, none where it
    ///   is empty.
    func split(_ document: JSONDocument) -> [JSON] {
        switch self {
        case .elements(let path):
            let node = path.map { document.root[$0] } ?? document.root
            guard let node, node.kind == .array else { return [document.root.value] }
            return node.elements.map(\.value)
        case .oneElement(let paths):
            return paths.reduce([document.root.value]) { payloads, path in
                payloads.flatMap { $0.split(at: path.steps[...]) }
            }
        }
    }
}

extension JSON {
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
