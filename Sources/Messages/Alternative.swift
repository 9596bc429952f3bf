// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events
package import PartnerAPI

/// What a message leaves as when the partner says that it cannot leave as it is: its rule's `otherwise`, built with the
/// message when its event came, and kept with it.
///
/// It is taken once. The attempt that showed that it is needed counts as it ended; what follows is another attempt of the
/// same message, which meets all gates anew. Who replays or reloads rules changes nothing of it.
package struct Alternative: Hashable, Sendable {
    /// What it is, as far as it matters to whether it may be taken; the raw value is what the store says.
    package enum Form: String, Hashable, Sendable {
        /// A template, which may leave at any time.
        case template
        /// A text or buttons, which arrive only while the customer's service window is open.
        case free
    }

    /// The account it leaves through.
    package let account: String
    /// What to send, as it will leave.
    package let request: RenderedRequest
    /// What it is for; `nil` for a template whose category nobody knows.
    package let category: MessageCategory?

    /// An alternative, whose request is rendered here and never again.
    ///
    /// - Parameters:
    ///   - request: What to send, to whom.
    ///   - account: The account it leaves through.
    ///   - category: What it is for.
    package init(_ request: MessageRequest, account: String, category: MessageCategory?) {
        self.init(kept: RenderedRequest(request), account: account, category: category)
    }

    /// An alternative as a store kept it.
    package init(kept request: RenderedRequest, account: String, category: MessageCategory?) {
        self.account = account
        self.request = request
        self.category = category
    }

    /// Whether it is a template.
    package var form: Form { category == .service ? .free : .template }
}

extension MetaCode.Otherwise {
    /// Whether a message that has such an alternative, or none, leaves as that.
    func takes(_ form: Alternative.Form?) -> Bool {
        switch self {
        case .no: false
        case .template: form == .template
        case .any: form != nil
        }
    }
}

extension Outcome {
    /// Why the partner does not take the message as it is, where another one may fare better; `nil` for any other end.
    func reason(toTake alternative: Alternative.Form?) -> String? {
        switch self {
        case .refused(let detail), .held(let detail, _):
            detail.metaCode?.otherwise.takes(alternative) == true ? detail.reason : nil
        case .accepted, .retryable, .uncertain, .unauthorized: nil
        }
    }
}

extension MessageRecord {
    /// Becomes what its rule says `otherwise`; never again after that.
    ///
    /// - Parameter alternative: What was kept with it; where there is none, it stays what it is.
    mutating func become(_ alternative: Alternative?) {
        self.alternative = nil
        guard let alternative else { return }
        message.account = alternative.account
        message.request = alternative.request
        category = alternative.category
    }
}
