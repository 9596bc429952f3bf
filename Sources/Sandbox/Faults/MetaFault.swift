// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events
internal import OrderedCollections
internal import PartnerAPI

/// An answer with one of Meta's error codes, in one of the shapes in which partners pass them on.
package struct MetaFault: Hashable, Sendable {
    /// How the code stands in the answer; the raw value is its word in a fault.
    package enum Shape: String, CaseIterable, Hashable, Sendable {
        /// As the API's own error, with Meta's code in it: `error.code`.
        case plain
        /// Meta's own answer, passed on as it is.
        case cloud
        /// Meta's error inside the partner's: `error.whatsappApiError.code`.
        case nested
        /// In a list: `errors[0].code`.
        case list
        /// As `(#131056)` in a sentence alone.
        case text
    }

    /// The code; one that Hookline does not know is allowed.
    package let code: Int
    /// How it stands in the answer.
    package let shape: Shape
    /// The HTTP status; that of Meta's page if left out, or 400.
    package let status: Int?
    /// When to try again; no header if left out.
    package let retryAfter: SandboxFault.RetryAfter?

    package init(
        _ code: Int,
        shape: Shape = .plain,
        status: Int? = nil,
        retryAfter: SandboxFault.RetryAfter? = nil
    ) {
        self.code = code
        self.shape = shape
        self.status = status
        self.retryAfter = retryAfter
    }

    /// The status that the answer has.
    var answerStatus: Int { status ?? MetaCode.row(code)?.status ?? 400 }

    /// The answer's body.
    var body: JSON {
        switch shape {
        case .plain: ["success": false, "error": ["code": number, "message": .string(sentence)]]
        case .cloud: ["error": meta]
        case .nested:
            [
                "success": false,
                "error": [
                    "code": "PROVIDER_ERROR", "message": "WhatsApp refused the message.", "whatsappApiError": meta,
                ],
            ]
        case .list: ["errors": [["code": number, "title": .string(meaning), "error_data": data]]]
        case .text: ["success": false, "message": .string(sentence)]
        }
    }

    private var number: JSON { .number(JSONNumber(code)) }
    private var meaning: String { MetaCode.row(code)?.meaning ?? "an error that Hookline does not know" }
    private var sentence: String { "(#\(code)) \(meaning)" }
    private var data: JSON {
        ["messaging_product": "whatsapp", "details": "The sandbox was told to fail this request."]
    }

    /// The error as Meta's API writes it.
    private var meta: JSON {
        [
            "message": .string(sentence), "type": "OAuthException", "code": number, "error_data": data,
            "fbtrace_id": "AzSandbox",
        ]
    }

    /// The members of the fault in `/sandbox/faults`.
    var members: OrderedDictionary<String, JSON> {
        var members: OrderedDictionary<String, JSON> = [
            "kind": "meta", "code": number, "shape": .string(shape.rawValue),
        ]
        if let status { members["status"] = .number(JSONNumber(status)) }
        return members
    }
}
