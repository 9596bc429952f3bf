// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import CheckedYAML
package import PartnerAPI
package import Rehearsal

/// Why no rule can be drafted.
package struct RuleDraftError: Error, Hashable, Sendable {
    /// One sentence.
    package let reason: String

    package init(_ reason: String) {
        self.reason = reason
    }
}

/// A rule that was made of an event and a template, checked and tried.
///
/// What it says of the event (``Gap/suggestions``, ``preview``) is a customer's; the ``text`` is not.
package struct RuleDraft: Sendable {
    /// A gap with what could stand in it.
    package struct Gap: Sendable {
        /// The gap.
        package let gap: TemplateGap
        /// Different values for it, the best first.
        package let suggestions: [Suggestion]
        /// The one that the rule has; `nil` where nothing fits, and the rule has a ``todo``.
        package let chosen: Suggestion?

        /// The name that stands in the rule where nothing fits.
        package var todo: String {
            "TODO_\(Int(gap.id) == nil ? "" : "gap_")"
                + String(gap.id.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
        }
    }

    /// What the rule's writer still has to do.
    package struct Todo: Hashable, Sendable {
        /// The name in the file, which the check reports.
        package let name: String
        /// What is to be put there.
        package let words: String
    }

    /// The rule's name.
    package let name: String
    /// The template that it sends.
    package let template: MessageTemplate
    /// The type of the event.
    package let eventType: String
    /// The name of the event's source.
    package let source: String
    /// The template's gaps, in order.
    package let gaps: [Gap]
    /// The rule file.
    package let text: String
    /// What is left to do before a message can leave.
    package let todos: [Todo]
    /// What the check of rule files found.
    package let findings: [Diagnostic]
    /// How the rule's test ended.
    package let test: RuleTestReport
    /// The message for this event as its customer reads it, with the names of what is left to do in it.
    package let preview: RenderedMessage?

    /// Whether the rule can send: it has no error, its test holds, and nothing is left to do.
    package var isWhole: Bool { todos.isEmpty && isSound }
    /// Whether the file is one that a service takes, whatever is left to do.
    package var isSound: Bool { test.isPassed && !findings.contains { $0.severity == .error } }
}
