// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import PartnerAPI

extension MessageRequest {
    /// What the message is, in a few words without personal data, such as `the template 'order_paid' to …10`.
    package var summary: String {
        let what: String =
            switch content {
            case .text: "a text"
            case .interactive: "an interactive message"
            case .template(let template): "the template '\(template.name)'"
            }
        switch recipient {
        case .phone(let number): return "\(what) to \(number)"
        case .contact(let id): return "\(what) to contact \(id)"
        }
    }
}
