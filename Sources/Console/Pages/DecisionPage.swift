// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import AdminAPI
internal import Events
internal import Messages
internal import Outbox

// The form behind each button of a message: what it would do, why, and yes.

extension Screens {
    static let decision = Screen(
        path: PathPattern("messages/{id}/{action}"),
        scope: .operate,
        tab: .messages,
        template: "decision",
        show: { visit in
            let words = try decisionWords(visit)
            let answer = try await visit.resource("/messages/\(Visit.segment(visit.id))")
            let message = answer.value["message"] ?? .null
            let state = message["state"]?.string.flatMap(MessageState.init)
            let shown: Shown = [
                "message": MessageRows.row(message), "verb": .text(words.verb), "consequence": .text(words.consequence),
                "danger": .flag(words.isRisky), "once": .text(Sessions.randomText()), "seen": .optional(answer.tag),
                "possible": .flag(state.map { canBe(words.kind, message, $0) } ?? false),
            ]
            return .page(title: words.verb, shown)
        },
        act: { visit in
            let words = try decisionWords(visit)
            try Ask.check(visit)
            _ = try await visit.post("/messages/\(Visit.segment(visit.id))/\(words.path)")
            return Landing(place: "messages/\(Visit.segment(visit.id))", note: words.done)
        }
    )

    private static func decisionWords(_ visit: Visit) throws(APIProblem) -> DecisionWords {
        guard let kind = Decision.Kind.allCases.first(where: { DecisionWords($0).path == visit.path["action"] }) else {
            throw APIProblem(.notFound, "Nothing of this name can be done with a message.")
        }
        return DecisionWords(kind)
    }
}

/// A decision in words.
struct DecisionWords: Sendable {
    let kind: Decision.Kind
    /// What the button says.
    let verb: String
    /// What comes of it.
    let consequence: String
    /// What is said when it is done.
    let done: String
    let icon: String
    /// Whether somebody may get something that they should not.
    let isRisky: Bool

    init(_ kind: Decision.Kind) {
        self.kind = kind
        isRisky = kind == .release
        (verb, consequence, done, icon) =
            switch kind {
            case .retry:
                (
                    "Send it after all", "It goes into the queue again, through all gates, and is tried anew.",
                    "It is queued again.", "retrying"
                )
            case .release:
                (
                    "Send it again", "It may arrive twice: nobody knows whether the first one did.",
                    "It is queued again.", "sending"
                )
            case .markSent:
                (
                    "Mark as sent",
                    "It counts as accepted and is never sent again. Do this when you saw that it arrived.",
                    "It is marked as sent.", "accepted"
                )
            case .cancel: ("Call it off", "It is not sent.", "It is called off.", "cancelled")
            }
    }

    /// Its word in addresses, as in the API's.
    var path: String { kind.rawValue.replacing("_", with: "-") }
}
