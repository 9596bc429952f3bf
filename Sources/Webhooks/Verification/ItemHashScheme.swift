// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Cryptography
package import Events
internal import HTTPValues
internal import OrderedCollections

/// An HMAC-SHA256 in base64 inside each item of a JSON body, over some of that item's fields (Adyen).
///
/// The key is hex. Values are joined by `:` without escaping; a field that is missing counts as empty.
package struct ItemHashScheme: Hashable, Sendable {
    /// How the body becomes items; every one of them must be signed.
    package var items: Batch
    /// The fields in their order.
    package var fields: [FieldPath]
    /// Where an item holds its signature.
    package var signature: FieldPath
}

extension ItemHashScheme: CustomStringConvertible {
    /// One line for people.
    package var description: String {
        let names = fields.map { $0.steps.suffix($0.steps.contains("amount") ? 2 : 1).joined(separator: ".") }
        return "HMAC-SHA256, base64, in the body's \(signature.steps.suffix(2).joined(separator: ".")) over "
            + names.joined(separator: ":")
    }
}

/// An ``ItemHashScheme`` with its keys.
struct ItemHashVerifier: RequestCheck {
    let scheme: ItemHashScheme
    private let keys: [(label: String, key: KeyedHash)]

    init(_ scheme: ItemHashScheme, secrets: [Secret]) throws(WebhookError) {
        var keys: [(label: String, key: KeyedHash)] = []
        for secret in secrets {
            keys.append((secret.label, KeyedHash(.sha256, key: try HMACScheme.KeyDecoding.hex.bytes(of: secret))))
        }
        self.scheme = scheme
        self.keys = keys
    }

    func verify(_ request: InboundRequest, now: Timestamp, keys _: FetchedKeys) throws(VerificationFailure) -> String? {
        // The values that become events are checked, not the bytes: of doubled members both see the last.
        guard let document = try? JSONDocument(request.body) else {
            throw failure(.malformedBody(expected: "JSON with a signature in each item"))
        }
        guard let items = try? scheme.items.split(document) else {
            throw failure(.malformedBody(expected: "at most \(Batch.maxEvents) items"))
        }
        guard !items.isEmpty else { throw failure(.malformedBody(expected: "at least one item")) }
        var label: String?
        for item in items {
            let matched = try verify(item)
            label = label ?? matched
        }
        return label
    }

    func isPresent(in request: InboundRequest) -> Bool { !request.body.isEmpty }

    func sign(_ body: [UInt8], id: String, now: Timestamp) -> SignedHeaders {
        guard let key = keys.first?.key, case .elements(let path?, _) = scheme.items,
            let document = try? JSONDocument(body), let unsigned = try? scheme.items.split(document)
        else { return SignedHeaders() }
        let items = unsigned.map { item in
            let code = key.code(over: text(of: item))
            return item.setting(
                scheme.signature.steps[...],
                to: .string(HMACScheme.Encoding.base64.encode(code))
            )
        }
        return SignedHeaders(body: document.root.value.setting(path.steps[...], to: .array(items)).encoded())
    }

    private func verify(_ item: JSON) throws(VerificationFailure) -> String {
        guard let coded = item.scalar(at: scheme.signature), !coded.isEmpty else {
            throw failure(.missingField("\(scheme.signature)"))
        }
        let length = HashFunction.sha256.byteCount
        guard let signature = HMACScheme.Encoding.base64.decode(coded[...]), signature.count == length else {
            let shape = HMACScheme.Encoding.base64.shape(byteCount: length)
            throw failure(.malformedField("\(scheme.signature)", expected: shape))
        }
        let text = text(of: item)
        var matched: String?
        for (label, key) in keys.reversed() where key.isValid(signature, for: text) { matched = label }
        guard let matched else { throw failure(.noMatch) }
        return matched
    }

    private func text(of item: JSON) -> [UInt8] {
        Array(scheme.fields.map { item.scalar(at: $0) ?? "" }.joined(separator: ":").utf8)
    }

    private func failure(_ reason: VerificationFailure.Reason) -> VerificationFailure {
        VerificationFailure(scheme: scheme.description, reason: reason)
    }
}

extension JSON {
    /// A string, a number's source text or a truth value as text; `nil` for everything else.
    fileprivate func scalar(at path: FieldPath) -> String? {
        switch path.steps.reduce(self as JSON?, { $0?.object?[$1] }) {
        case .string(let text): text
        case .number(let number): number.text
        case .bool(let value): value ? "true" : "false"
        default: nil
        }
    }

    /// The value with another one at a path; objects on the way are made where they are missing.
    ///
    /// - Parameters:
    ///   - steps: The names on the way.
    ///   - value: What stands there then.
    /// - Returns: The changed value.
    func setting(_ steps: ArraySlice<String>, to value: JSON) -> JSON {
        guard let step = steps.first else { return value }
        var members = object ?? [:]
        members[step] = (members[step] ?? .object([:])).setting(steps.dropFirst(), to: value)
        return .object(members)
    }
}
