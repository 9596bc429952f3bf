// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
import GRDB
import HTTPTypes
import Messages
import PartnerAPI

/// A submission with all its texts encoded, which is the caller's work and not the writer thread's.
struct PreparedSubmission: Sendable {
    let submission: Submission
    let headers: String

    init(_ submission: Submission) {
        self.submission = submission
        headers = HeaderText.encode(submission.event.headers)
    }
}

/// Request headers as a text: a JSON array of `[name, value]`, in their order, repeated names kept.
enum HeaderText {
    static func encode(_ headers: HTTPFields) -> String {
        JSON.array(headers.map { [.string($0.name.rawName), .string($0.value)] }).text()
    }

    /// Reads the text back; a field that is no field any more is left out.
    static func decode(_ text: String) -> HTTPFields {
        var headers = HTTPFields()
        for pair in (try? JSON(parsing: text))?.array ?? [] {
            guard let name = pair[0]?.string.flatMap({ HTTPField.Name($0) }), let value = pair[1]?.string else {
                continue
            }
            headers.append(HTTPField(name: name, value: value))
        }
        return headers
    }
}
