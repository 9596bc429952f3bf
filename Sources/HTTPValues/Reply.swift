// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import HTTPTypes

/// An answer that does not depend on what the event caused.
package struct Reply: Hashable, Sendable {
    /// The HTTP status.
    package let status: Int
    /// Headers beside those that every answer has.
    package let headers: HTTPFields
    /// The body; may be empty.
    package let body: [UInt8]
    /// A body that comes in pieces, in the place of ``body``.
    package let stream: ReplyStream?

    /// An answer of these parts.
    ///
    /// - Parameters:
    ///   - status: The HTTP status.
    ///   - headers: Such as the content type.
    ///   - body: The body.
    ///   - stream: A body that comes in pieces instead.
    package init(status: Int, headers: HTTPFields = [:], body: [UInt8] = [], stream: ReplyStream? = nil) {
        self.status = status
        self.headers = headers
        self.body = body
        self.stream = stream
    }

    /// An answer without a body.
    ///
    /// - Parameter status: The HTTP status.
    /// - Returns: The answer.
    package static func empty(_ status: Int) -> Reply {
        Reply(status: status)
    }

    /// No answer: the connection is cut where the answer would begin, as by a service that dies.
    package static let silence = Reply(status: 0)

    /// Whether it is ``silence``.
    package var isSilence: Bool { status == 0 }

    /// What goes on coming, event by event: `text/event-stream`.
    ///
    /// - Parameters:
    ///   - stream: Its pieces.
    ///   - headers: More headers.
    /// - Returns: An answer with status 200, which says to nginx that it is not to be collected before it is passed on.
    package static func events(_ stream: ReplyStream, _ headers: HTTPFields = [:]) -> Reply {
        let fixed: HTTPFields = [.contentType: "text/event-stream", .accelBuffering: "no"]
        return Reply(status: 200, headers: fixed + headers, stream: stream)
    }

    /// A text that no browser may take for HTML, whoever wrote it.
    ///
    /// - Parameter text: The body.
    /// - Returns: An answer with status 200.
    package static func plainText(_ text: String) -> Reply {
        Reply(
            status: 200,
            headers: [.contentType: "text/plain; charset=utf-8", .xContentTypeOptions: "nosniff"],
            body: Array(text.utf8)
        )
    }
}

/// A body that is sent while it comes into being; it is sent once, and equals itself alone.
package final class ReplyStream: Hashable, Sendable {
    /// Sends a piece, and returns when the system has taken it: who makes pieces is never further ahead of its reader than that.
    ///
    /// It throws once nobody reads any more.
    package typealias Send = @Sendable (_ piece: [UInt8]) async throws -> Void

    /// Makes the pieces, each when there is one.
    ///
    /// Its task is cancelled when the listener or the reader wants no more of them. The body ends when it returns; when it
    /// throws, the connection is cut, so that nobody takes the body for whole.
    package let write: @Sendable (_ send: Send) async throws -> Void

    /// A body.
    ///
    /// - Parameter write: Makes its pieces.
    package init(_ write: @escaping @Sendable (_ send: Send) async throws -> Void) {
        self.write = write
    }

    /// Whether both are the same body.
    package static func == (left: ReplyStream, right: ReplyStream) -> Bool { left === right }

    package func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
}

extension HTTPField.Name {
    fileprivate static let accelBuffering: HTTPField.Name = {
        guard let name = HTTPField.Name("X-Accel-Buffering") else { preconditionFailure("it is a field name") }
        return name
    }()
}

extension HTTPFields {
    /// The value of a header; of repeated lines all, joined as HTTP allows.
    ///
    /// As `self[name]`, and faster where there is one line or none.
    ///
    /// - Parameter name: The header's name.
    /// - Returns: `nil` when it is not there.
    package func value(of name: HTTPField.Name) -> String? {
        guard let first = firstIndex(where: { $0.name == name }) else { return nil }
        guard self[(first + 1)...].contains(where: { $0.name == name }) else { return self[first].value }
        return self[name]
    }

    /// These fields, then those.
    package static func + (left: HTTPFields, right: HTTPFields) -> HTTPFields {
        var sum = left
        sum.append(contentsOf: right)
        return sum
    }
}
