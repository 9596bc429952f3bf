// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
package import Messages
internal import OrderedCollections
package import Outbox
internal import PartnerAPI

/// How much of phone numbers and payloads is shown.
package enum Disclosure: Hashable, Sendable {
    /// As they are.
    case everything
    /// Of a number its country code's first digit and its last two; of a payload nothing.
    case masked

    /// A number or a contact's id, as much of it as may be shown.
    ///
    /// - Parameter recipient: Such as `+919812345670`.
    /// - Returns: Such as `+9•••••••••70`.
    package func shown(_ recipient: String) -> String {
        guard self == .masked, recipient.count > 4 else { return recipient }
        let hidden = String(repeating: "•", count: recipient.count - 4)
        return recipient.prefix(2) + hidden + recipient.suffix(2)
    }

    /// An id of somebody else's; WhatsApp's own hold the number, as base 64.
    fileprivate func shown(id: JSON?) -> JSON {
        guard self == .masked, let text = id?.string, text.contains("wamid.") else { return id ?? .null }
        return "wamid.•••"
    }

    /// A sentence of somebody's, without what could be a number.
    fileprivate func shown(sentence: JSON?) -> JSON {
        guard self == .masked, let text = sentence?.string else { return sentence ?? .null }
        return .string(NumberHiding.hide(in: text))
    }

    /// An object, with some of its members in place of those that may not be shown.
    fileprivate func changing(_ json: JSON, _ change: (inout OrderedDictionary<String, JSON>) -> Void) -> JSON {
        guard self == .masked, case .object(var members) = json else { return json }
        change(&members)
        return .object(members)
    }
}

extension Message {
    /// The message as `--json` shows it, as much of it as may be shown.
    package func json(_ disclosure: Disclosure) -> JSON {
        disclosure.changing(json) { members in
            members["request"] =
                request?.message.map { ["to": .string(disclosure.shown(OutboxViews.recipient($0)))] } ?? .null
            members["reason"] = disclosure.shown(sentence: members["reason"])
            members["partner_id"] = disclosure.shown(id: members["partner_id"])
        }
    }
}

extension MessageDetail {
    /// The message with its tries and its timeline as `--json` shows it, as much of it as may be shown.
    package func json(_ disclosure: Disclosure) -> JSON {
        disclosure.changing(json()) { members in
            members["message"] = message.json(disclosure)
            for (list, name) in [("attempts", "reason"), ("timeline", "why")] {
                let entries = members[list]?.array ?? []
                members[list] = .array(
                    entries.map { entry in
                        disclosure.changing(entry) { $0[name] = disclosure.shown(sentence: $0[name]) }
                    }
                )
            }
        }
    }
}

extension StoredEvent {
    /// The event as `--json` shows it, as much of it as may be shown.
    package func json(_ disclosure: Disclosure) -> JSON {
        disclosure.changing(json()) { members in
            members["headers"] = .array([])
            members["body"] = .null
            members["sender_id"] = disclosure.shown(id: members["sender_id"])
            members["messages"] = .array(messages.map { $0.json(disclosure) })
            members["reason"] = disclosure.shown(sentence: members["reason"])
            if let lookUp = members["look_up"] {
                members["look_up"] = disclosure.changing(lookUp) { $0["enriched"] = .null }
            }
        }
    }
}

extension EventSummary {
    /// The event as `--json` shows it in a list, as much of it as may be shown.
    package func json(_ disclosure: Disclosure) -> JSON {
        disclosure.changing(json) { members in
            members["reason"] = disclosure.shown(sentence: members["reason"])
            members["sender_id"] = disclosure.shown(id: members["sender_id"])
        }
    }
}

extension ConsentEntry {
    /// The line as `--json` shows it, as much of it as may be shown.
    package func json(_ disclosure: Disclosure) -> JSON {
        disclosure.changing(json) { members in
            for name in ["phone", "contact"] {
                if let text = members[name]?.string { members[name] = .string(disclosure.shown(text)) }
            }
            members["reason"] = disclosure.shown(sentence: members["reason"])
        }
    }
}
