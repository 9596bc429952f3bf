// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events
internal import HTTPTypes
internal import HTTPValues
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
    static func accepted(id: String, isHeld: Bool = false) -> Reply {
        var answer = AcceptedAnswer(id: id).json
        if isHeld, var members = answer.object, var data = members["data"]?.object {
            data["message_status"] = "held_for_quality_assessment"
            members["data"] = .object(data)
            answer = .object(members)
        }
        return json(AcceptedAnswer.status, answer)
    }

    /// An error in the API's words.
    static func error(_ error: PartnerError, _ headers: HTTPFields = [:]) -> Reply {
        json(error.status, error.json, headers)
    }

    /// What answers an error that nobody foresaw.
    static let failed = error(PartnerError(500, "INTERNAL", "The sandbox failed."))

    /// What stands in every answer.
    static let usual: HTTPFields = [.xContentTypeOptions: "nosniff", .cacheControl: "no-store"]

    static func json(_ status: Int, _ body: JSON, _ headers: HTTPFields = [:]) -> Reply {
        bytes(status, type: "application/json", body.encoded(), headers)
    }

    static func html(_ status: Int, _ page: String, _ headers: HTTPFields = [:]) -> Reply {
        bytes(status, type: "text/html; charset=utf-8", Array(page.utf8), headers)
    }

    static func bytes(_ status: Int, type: String, _ bytes: [UInt8], _ headers: HTTPFields = [:]) -> Reply {
        Reply(status: status, headers: [.contentType: type] + usual + headers, body: bytes)
    }
}
