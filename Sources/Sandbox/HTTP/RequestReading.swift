// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import OrderedCollections
internal import PartnerAPI

// What the routes read from requests, with errors in the API's shape.

extension Request {
    /// The most bytes of a JSON body; one message needs a hundredth of it.
    static let maxJSONBytes = 1 << 20

    /// The body, which must be JSON and say so.
    func json() async throws(PartnerError) -> JSON {
        let type = headers[.contentType].map { $0.prefix { $0 != ";" }.lowercased().filter { !$0.isWhitespace } }
        guard type == "application/json" else {
            throw PartnerError(415, "WRONG_CONTENT_TYPE", "The Content-Type is not application/json.")
        }
        let bytes = try await bytes(upTo: Self.maxJSONBytes)
        do {
            return try JSON(parsing: bytes)
        } catch {
            throw .invalidJSON(error)
        }
    }

    /// The body as it came.
    func bytes(upTo limit: Int) async throws(PartnerError) -> [UInt8] {
        do {
            return Array(buffer: try await body.collect(upTo: limit))
        } catch is NIOTooManyBytesError {
            throw .bodyTooLarge(over: limit)
        } catch {
            throw PartnerError(400, "BROKEN_BODY", "The body ended before it was complete.")
        }
    }

    /// A parameter of the query.
    func query(_ name: String) -> String? {
        uri.queryParameters[name[...]].map(String.init)
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
