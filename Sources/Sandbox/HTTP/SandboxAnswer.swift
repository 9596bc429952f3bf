// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore

/// The partner API's answers.
enum SandboxAnswer {
    /// `201 ACCEPTED` as the API publishes it.
    static func accepted(id: String) -> Response {
        let data: JSON = [
            "id": .string(id),
            "status": "ACCEPTED",
            "message": "Message received and being sent to the recipient.",
        ]
        return json(.created, ["success": true, "data": data])
    }

    /// An error in the shape that the contract fixes where the published page is silent.
    static func error(_ error: SandboxError) -> Response {
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
