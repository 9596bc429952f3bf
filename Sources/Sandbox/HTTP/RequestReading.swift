// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events
internal import HTTPTypes
internal import HTTPValues
internal import OrderedCollections
internal import PartnerAPI

/// A request to a route, with errors in the API's shape.
struct SandboxRequest: Sendable {
    let inbound: InboundRequest
    /// What stands in the path where the route has a name, decoded; empty where it has none.
    let parameter: String

    var headers: HTTPFields { inbound.headers }

    /// The body, which must be JSON and say so.
    func json() throws(PartnerError) -> JSON {
        let type = headers[.contentType].map { $0.prefix { $0 != ";" }.lowercased().filter { !$0.isWhitespace } }
        guard type == "application/json" else {
            throw PartnerError(415, "WRONG_CONTENT_TYPE", "The Content-Type is not application/json.")
        }
        do {
            return try JSON(parsing: inbound.body)
        } catch {
            throw .invalidJSON(error)
        }
    }

    /// A parameter of the query, decoded; of several of the name the first.
    func query(_ name: String) -> String? {
        let query = inbound.target.utf8.drop { $0 != UInt8(ascii: "?") }.dropFirst()
        for pair in query.split(separator: UInt8(ascii: "&")) {
            let parts = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            let texts = parts.map { String(decoding: PercentEncoding.decode(Array($0)[...]), as: UTF8.self) }
            if texts.first == name { return texts.count > 1 ? texts[1] : "" }
        }
        return nil
    }
}

extension JSON {
    /// A text member of a sandbox route's body; `nil` when it is absent or `null`.
    func optionalText(_ name: String) throws(PartnerError) -> String? {
        guard let object else { throw PartnerError(422, "WRONG_TYPE", "found \(typeName); expected an object") }
        switch object[name] {
        case nil, .null?: return nil
        case .string(let text)? where !text.isEmpty && text.unicodeScalars.count <= 200: return text
        case let other?:
            let reason = "\(name): found \(other.typeName); expected a text of 1 to 200 characters"
            throw PartnerError(422, "WRONG_TYPE", reason)
        }
    }

    /// A text member that must be there.
    func requiredText(_ name: String) throws(PartnerError) -> String {
        guard let text = try optionalText(name) else {
            throw PartnerError(422, "MISSING_FIELD", "\(name): expected a text")
        }
        return text
    }

    /// A truth value; `nil` when it is absent.
    func optionalBool(_ name: String) throws(PartnerError) -> Bool? {
        switch self[name] {
        case nil, .null?: return nil
        case .bool(let value)?: return value
        case let other?:
            throw PartnerError(422, "WRONG_TYPE", "\(name): found \(other.typeName); expected true or false")
        }
    }
}

extension HTTPField.Name {
    static let lastEventID: HTTPField.Name = {
        guard let field = HTTPField.Name("Last-Event-ID") else { preconditionFailure("this is a field name") }
        return field
    }()
}
