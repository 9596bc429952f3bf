// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import OrderedCollections
internal import PartnerAPI

/// The partner API's answers.
enum SandboxAnswer {
    /// `201 ACCEPTED` as the API publishes it.
    ///
    /// - Parameters:
    ///   - id: The message's id.
    ///   - isHeld: Whether Meta holds the message back for now, as its own answers say it.
    /// - Returns: The answer.
    static func accepted(id: String, isHeld: Bool = false) -> Response {
        var answer = AcceptedAnswer(id: id).json
        if isHeld, var members = answer.object, var data = members["data"]?.object {
            data["message_status"] = "held_for_quality_assessment"
            members["data"] = .object(data)
            answer = .object(members)
        }
        return json(.init(code: AcceptedAnswer.status), answer)
    }

    /// An error in the API's words.
    static func error(_ error: PartnerError) -> Response {
        json(.init(code: error.status), error.json)
    }

    static func json(_ status: HTTPResponse.Status, _ body: JSON) -> Response {
        bytes(status, type: "application/json", body.encoded())
    }

    static func html(_ status: HTTPResponse.Status = .ok, _ page: String) -> Response {
        bytes(status, type: "text/html; charset=utf-8", Array(page.utf8))
    }

    static func bytes(_ status: HTTPResponse.Status, type: String, _ bytes: [UInt8]) -> Response {
        Response(
            status: status,
            headers: [.contentType: type, .xContentTypeOptions: "nosniff", .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes))
        )
    }
}
