// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Rules

/// Who knows the accounts' templates, so that a message is held against its template before it is queued.
package protocol TemplateKnowledge: Sendable {
    /// Puts what is known now into the context of an evaluation; called for each event, so it must not wait.
    ///
    /// - Parameter context: Gets the templates by account, those of the default account, and the accounts whose
    ///   templates are taken on trust.
    func fill(_ context: inout EvaluationContext)

    /// Hears that a message could not be built as its rule wants because of its template.
    func messageDidNotFit()
}

/// Takes every template on trust.
package struct NoTemplateKnowledge: TemplateKnowledge {
    package init() {}

    package func fill(_ context: inout EvaluationContext) {}

    package func messageDidNotFit() {}
}
