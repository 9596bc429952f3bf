// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events

/// The answer to a message that was taken.
///
/// The sandbox and the durable front write it, the client reads it.
package struct AcceptedAnswer: Hashable, Sendable {
    /// The HTTP status that it comes with.
    package static let status = 201

    /// The id under which the message is known to whoever took it.
    package let id: String

    /// Answers that a message was taken.
    ///
    /// - Parameter id: The id under which it is known from now on.
    package init(id: String) {
        self.id = id
    }

    /// The answer as the API publishes it.
    package var json: JSON {
        let message = "Message received and being sent to the recipient."
        return ["success": true, "data": ["id": .string(id), "status": "ACCEPTED", "message": .string(message)]]
    }

    /// Reads the answer where it has, byte for byte, the shape in which ``json`` is written: without spaces, the id and
    /// the sentence of printable ASCII without escapes.
    ///
    /// A quick look for the good way; whatever has another shape is for a reader of JSON.
    ///
    /// - Parameter body: The answer's body.
    package init?(exactly body: [UInt8]) {
        var rest = body[...]
        guard Self.skip(#"{"success":true,"data":{"id":""#, &rest), let id = Self.text(&rest), !id.isEmpty,
            Self.skip(#"","status":"ACCEPTED","message":""#, &rest), Self.text(&rest) != nil, Self.skip(#""}}"#, &rest),
            rest.isEmpty
        else { return nil }
        self.id = String(decoding: id, as: UTF8.self)
    }

    private static func skip(_ text: StaticString, _ rest: inout ArraySlice<UInt8>) -> Bool {
        let isThere = text.withUTF8Buffer { rest.starts(with: $0) }
        if isThere { rest = rest.dropFirst(text.utf8CodeUnitCount) }
        return isThere
    }

    /// What stands before the next quotation mark; `nil` where anything but plain ASCII does.
    private static func text(_ rest: inout ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        guard let end = rest.firstIndex(of: UInt8(ascii: "\"")) else { return nil }
        let text = rest[..<end]
        rest = rest[end...]
        return text.allSatisfy { (0x20...0x7E).contains($0) && $0 != UInt8(ascii: "\\") } ? text : nil
    }
}
