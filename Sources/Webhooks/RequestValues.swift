// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Cryptography
internal import Events
internal import HTTPTypes
internal import HTTPValues

/// A verified request and its payload, as the places of presets and settings see it.
struct RequestValues {
    let request: InboundRequest
    /// The decoded body; `nil` when it cannot be read.
    let payload: JSONDocument?
    /// The bytes that `body_hash` stands for: the body, or one event's part of a batch.
    let hashedBytes: [UInt8]

    /// The first alternative whose parts are all there.
    ///
    /// - Parameter extraction: Where to look.
    /// - Returns: The parts, joined; `nil` when no alternative is complete.
    func value(of extraction: Extraction) -> String? {
        parts(of: extraction).map { $0.values.count == 1 ? $0.values[0] : $0.values.joined(separator: $0.separator) }
    }

    /// The parts of the first complete alternative, for keys in which they must not run into each other.
    ///
    /// - Parameter extraction: Where to look.
    /// - Returns: The parts; `nil` when no alternative is complete.
    func parts(of extraction: Extraction) -> (values: [String], separator: String)? {
        for alternative in extraction.alternatives {
            let values = alternative.parts.compactMap(value(at:))
            if values.count == alternative.parts.count { return (values, alternative.separator) }
        }
        return nil
    }

    /// The SHA-256 of the hashed bytes in hex.
    var bodyHash: String {
        HMACScheme.Encoding.hex.encode(HashFunction.sha256.hash(hashedBytes))
    }

    private func value(at place: Place) -> String? {
        let value = text(at: place)
        return value == "" ? nil : value
    }

    private func text(at place: Place) -> String? {
        switch place {
        case .header(let name): request.headers.value(of: name.field)
        case .query(let name): request.query(name)
        case .body(let path): payload?.root[path]?.scalarText
        case .constant(let text): text
        case .bodyHash: bodyHash
        }
    }
}

extension JSONNode {
    /// A string, a number's source text or a truth value as text; `nil` for null, arrays and objects.
    fileprivate var scalarText: String? {
        switch kind {
        case .string, .escapedString: string
        case .number: number?.text
        case .true: "true"
        case .false: "false"
        case .null, .array, .object: nil
        }
    }
}
