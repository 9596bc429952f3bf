// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Messages
import Outbox

/// A submission with all its texts encoded, which is the caller's work and not the writer thread's.
struct PreparedSubmission: Sendable {
    let submission: Submission
    let headers: String

    init(_ submission: Submission) {
        self.submission = submission
        headers = HeaderText.encode(submission.event.headers)
    }
}
