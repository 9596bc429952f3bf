// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events
internal import Messages

/// How a state looks, and what it means in words: an icon and a word always stand beside the colour.
enum Look {
    /// A message's state.
    static func of(_ state: MessageState) -> Shown {
        let (label, tone, meaning) = words(state)
        return [
            "name": .text(state.rawValue), "icon": .text(state.rawValue), "label": .text(label), "tone": .text(tone),
            "meaning": .text(meaning),
        ]
    }

    /// A state as the API named it.
    static func ofMessage(_ name: JSON?) -> Shown {
        name?.string.flatMap(MessageState.init).map(of) ?? .nothing
    }

    private static func words(_ state: MessageState) -> (label: String, tone: String, meaning: String) {
        switch state {
        case .scheduled: ("Scheduled", "calm", "It waits for its time, which the rule set.")
        case .queued: ("Queued", "calm", "It leaves as soon as there is room.")
        case .sending: ("Sending", "calm", "It is on its way to the partner.")
        case .accepted: ("Accepted", "good", "The partner took it.")
        case .retrying: ("Retrying", "warn", "A try failed in a way that may pass; it is tried again.")
        case .uncertain: ("Uncertain", "warn", "Nobody knows whether it arrived. A person has to decide.")
        case .failed: ("Failed", "bad", "It is not sent unless a person says so.")
        case .cancelled: ("Cancelled", "dim", "It was called off before it left.")
        case .deferred: ("Deferred", "warn", "Something holds it for now, and it leaves by itself when that is over.")
        case .suppressed: ("Suppressed", "dim", "It never left, on purpose.")
        }
    }

    /// A badge of another kind.
    static func badge(_ label: String, tone: String, icon: String) -> Shown {
        ["label": .text(label), "tone": .text(tone), "icon": .text(icon)]
    }
}
