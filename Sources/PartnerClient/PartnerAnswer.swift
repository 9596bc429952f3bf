// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import PartnerAPI

/// The body of an answer, read without demanding any shape of it.
///
/// Besides the API's own `{"success", "data", "error": {"code", "message"}}` it takes `{"message"}`,
/// `{"error": "…"}`, HTML pages, empty and cut bodies.
struct PartnerAnswer {
    /// The most bytes of a body that are kept with an attempt.
    static let keptBytes = 4_096

    /// What `success` says; `nil` where it is missing or no truth value.
    let success: Bool?
    /// `data.id`.
    let id: String?
    /// The partner's error code, where it is one word of capitals, digits and underscores.
    let code: String?
    /// The partner's sentence as it stands, unmasked.
    let message: String?
    /// Whether the body is a JSON object.
    let isReadable: Bool
    private let json: JSON?
    private let body: [UInt8]

    init(_ body: [UInt8]) {
        json = try? JSON(parsing: body)
        let error = json?["error"]
        isReadable = json?.object != nil
        success = json?["success"]?.bool
        id = json?["data"]?["id"].flatMap { $0.string ?? $0.number?.text }
        code = (error?["code"] ?? json?["code"])?.string.flatMap { Self.isCode($0) ? $0 : nil }
        message = (error?["message"] ?? json?["message"])?.string ?? error?.string
        self.body = body
    }

    /// The code of Meta's that the answer passes on, wherever it stands; looked for when asked.
    var metaCode: Int? {
        json.map(MetaCodeSearch.code(in:)) ?? kept.flatMap(MetaCodeSearch.code(inText:))
    }

    /// Whether Meta took the message and holds it back for now, to see how others like it fare.
    var isHeldByMeta: Bool {
        guard let json else { return false }
        let places = [json, json["data"], json["messages"]?[0], json["data"]?["messages"]?[0]].compactMap(\.self)
        return places.contains { place in
            [place["message_status"], place["messageStatus"], place["status"]].contains {
                $0?.string?.lowercased() == "held_for_quality_assessment"
            }
        }
    }

    /// The start of the body as text; `nil` when the body is empty.
    var kept: String? { Self.start(of: body) }

    /// A code goes into lists and labels, so a text that only stands in the place of one is not taken.
    private static func isCode(_ text: String) -> Bool {
        let isWord = text.utf8.allSatisfy { byte in
            (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) || byte == UInt8(ascii: "_")
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        }
        return isWord && (1...64).contains(text.utf8.count) && NumberHiding.hide(in: text) == text
    }

    /// Text that every store takes: valid UTF-8 of at most 4 KiB, no NUL.
    private static func start(of body: [UInt8]) -> String? {
        guard !body.isEmpty else { return nil }
        var text = String(decoding: body.prefix(keptBytes), as: UTF8.self).replacing("\0", with: "\u{FFFD}")
        // A character that the limit cuts in two decodes to U+FFFD, which is no part of the answer.
        if body.count > keptBytes, text.unicodeScalars.last == "\u{FFFD}" { text.unicodeScalars.removeLast() }
        while text.utf8.count > keptBytes { text.unicodeScalars.removeLast() }
        return text
    }
}
