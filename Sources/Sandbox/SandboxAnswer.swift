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

    /// An error in the shape that partner-api fixes where the published page is silent.
    static func error(_ status: Int, code: String, _ message: String) -> Response {
        let error: JSON = ["code": .string(code), "message": .string(message)]
        var response = json(.init(code: status), ["success": false, "error": error])
        if status == 429 || status == 503 { response.headers[.retryAfter] = "1" }
        return response
    }

    static func json(_ status: HTTPResponse.Status, _ body: JSON) -> Response {
        Response(
            status: status,
            headers: [.contentType: "application/json"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: body.encoded()))
        )
    }

    static func html(_ page: String) -> Response {
        Response(
            status: .ok,
            headers: [.contentType: "text/html; charset=utf-8", .xContentTypeOptions: "nosniff"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: page))
        )
    }
}
