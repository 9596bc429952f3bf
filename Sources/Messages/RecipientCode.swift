// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
internal import PartnerAPI

/// One of Meta's codes that says something about a recipient, beyond the message that got it.
package enum RecipientCode: Hashable, Sendable {
    /// 131050: they switched marketing of the sending number off.
    case stoppedMarketing
    /// 131026: nothing reaches them, because they have no WhatsApp, too old a one, or have not agreed to its terms.
    case undeliverable

    /// What a code says; `nil` for those that are about the message, the template or the account.
    package init?(_ code: Int) {
        switch code {
        case 131_050: self = .stoppedMarketing
        case 131_026: self = .undeliverable
        default: return nil
        }
    }

    /// Who told a code.
    package enum Teller: Hashable, Sendable {
        /// The partner, by its answer to an attempt.
        case answer
        /// A source, by a report in an event.
        case report(source: String, event: EventID)
    }

    /// The line for the ledger: marketing of one account, as a setting in WhatsApp.
    ///
    /// - Parameters:
    ///   - subject: Who, as the ledger names them.
    ///   - account: The account whose message got the code.
    ///   - teller: Who told it.
    ///   - time: When.
    /// - Returns: The line.
    package func entry(of subject: String, account: String, by teller: Teller, at time: Timestamp) -> ConsentEntry {
        var (who, event) = (TimelineEntry.service, nil as EventID?)
        if case .report(let source, let told) = teller { (who, event) = (source, told) }
        return ConsentEntry(
            subject,
            .optedOut,
            .marketing,
            account: account,
            origin: .preference,
            at: time,
            who: who,
            reason: "Meta's code 131050",
            event: event
        )
    }
}

/// Somebody whom several messages did not reach: perhaps it is not worth while to write to them.
package struct ConsentSuggestion: Hashable, Sendable {
    /// How many failures in a row suggest it.
    package static let least = 3

    /// Who, as the ledger names them.
    package let recipient: String
    /// How many messages did not reach them, since one did.
    package let failures: Int
    /// When the last one did not.
    package let at: Timestamp

    package init(recipient: String, failures: Int, at: Timestamp) {
        self.recipient = recipient
        self.failures = failures
        self.at = at
    }
}

extension AttemptDetail {
    /// What the answer says about the recipient; `nil` for most.
    package var recipientCode: Int? {
        guard let number = metaCode?.numbers.lowerBound, RecipientCode(number) != nil else { return nil }
        return number
    }
}
