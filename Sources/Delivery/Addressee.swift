// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
import Messages
import PartnerAPI

/// What holds have to know of a message: to whom it goes, as a hash, and by which template.
struct Addressee: Hashable {
    /// The recipient's hash; two messages to the same one have the same.
    let recipient: Int
    /// The hash of the pair of the sending number and the recipient.
    let pair: Int
    /// The template's name; `nil` for a message without one.
    let template: String?
    /// Whether it counts as marketing: by the template's category, and where that is not known, any template.
    let isMarketing: Bool

    init(recipient: Int, pair: Int? = nil, template: String?, isMarketing: Bool) {
        self.recipient = recipient
        self.pair = pair ?? recipient
        self.template = template
        self.isMarketing = isMarketing
    }

    /// Reads a message's request.
    ///
    /// - Parameters:
    ///   - message: A message in a worker's hands.
    ///   - templates: What is known of templates.
    init(_ message: ClaimedMessage, _ templates: TemplateHints) {
        // Whoever is not known shares a recipient with nobody.
        self.init(
            message.recipient,
            or: message.id.hashValue,
            message.request,
            of: message.account,
            message.category,
            templates
        )
    }

    /// Reads the request of a message of which a source reported something.
    ///
    /// - Parameters:
    ///   - report: What it reported.
    ///   - templates: What is known of templates.
    init(_ report: ReportedCode, _ templates: TemplateHints) {
        self.init(
            report.recipient,
            or: report.hashValue,
            report.request,
            of: report.account,
            report.category,
            templates
        )
    }

    private init(
        _ name: String?,
        or stranger: Int,
        _ request: RenderedRequest?,
        of account: String,
        _ category: MessageCategory?,
        _ templates: TemplateHints
    ) {
        let json = request.flatMap { try? JSON(parsing: $0.body) }
        recipient = Paces.hash(name) ?? stranger
        pair = Paces.hash(name, from: json?["phoneNumberId"]?.string) ?? stranger
        template = json?["templateName"]?.string
        let known = template.flatMap { templates.category($0, account) }
        // What the message was for when it began stands in for a category that nobody knows any more.
        let isOther = known.map { $0 != "MARKETING" } ?? category.map { $0 != .marketing } ?? false
        isMarketing = template != nil && !isOther
    }
}

/// What is known of templates outside, and who wants to know when that seems wrong.
package struct TemplateHints: Sendable {
    /// The category of a template of an account, as Meta's names have it; `nil` where it is not known.
    let category: @Sendable (_ template: String, _ account: String) -> String?
    /// Whether a template of an account is approved, and when that was read; `nil` where it is not known.
    let approval: @Sendable (_ template: String, _ account: String) -> (isApproved: Bool, readAt: Timestamp)?
    /// Somebody should read the templates again.
    let doubt: @Sendable () -> Void

    /// Nothing is known, and nobody asks.
    package static let unknown = TemplateHints(category: { _, _ in nil }, doubt: {})

    package init(
        category: @escaping @Sendable (_ template: String, _ account: String) -> String?,
        approval:
            @escaping @Sendable (_ template: String, _ account: String) -> (isApproved: Bool, readAt: Timestamp)? =
            { _, _ in nil },
        doubt: @escaping @Sendable () -> Void
    ) {
        self.category = category
        self.approval = approval
        self.doubt = doubt
    }
}

/// How often a message met a code that it may meet only so many times; in memory alone, and bounded.
struct Tries {
    /// So many messages at most are counted; one of more is bounded by its age alone.
    private static let capacity = 50_000

    private var counts: [MessageID: Int] = [:]

    /// Counts an attempt's end; the last one that is allowed is a refusal.
    mutating func counted(_ outcome: Outcome, of id: MessageID) -> Outcome {
        guard let detail = outcome.detail, outcome.isPassing else {
            counts[id] = nil
            return outcome
        }
        guard let most = detail.metaCode?.tries else { return outcome }
        let count = (counts[id] ?? 0) + 1
        guard count >= most else {
            if counts.count < Self.capacity { counts[id] = count }
            return outcome
        }
        counts[id] = nil
        return .refused(detail.adding("it was tried \(count) times"))
    }
}

extension Outcome {
    /// Whether the message may be tried again by itself.
    fileprivate var isPassing: Bool {
        switch self {
        case .retryable, .held, .unauthorized, .uncertain: true
        case .accepted, .refused: false
        }
    }
}

extension AttemptDetail {
    fileprivate func adding(_ words: String) -> AttemptDetail {
        AttemptDetail(status: status, code: code, reason: "\(reason); \(words)", body: body)
    }
}
