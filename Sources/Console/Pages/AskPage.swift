// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import AdminAPI
internal import Events

/// A form that changes something: what it does, about what, why, and yes.
///
/// It is a page, and a dialog where there are scripts.
struct Ask: Sendable {
    /// What the button says.
    let verb: String
    /// About what.
    let about: String
    /// What comes of it.
    let consequence: String
    /// Where "leave it" leads, below the console.
    let back: String
    /// What can be filled in before the reason.
    var fields: [Field] = []

    /// Something that can be filled in.
    struct Field: Sendable {
        let name: String
        let label: String
        var value: String?
        var hint: String?
        /// The values to choose from, with what they say; empty for any text.
        var choices: [(value: String, label: String)] = []
    }

    /// The page.
    func showing(_ visit: Visit) -> Showing {
        let fields = fields.map { field -> Shown in
            let value = visit.form[field.name] ?? field.value
            return [
                "name": .text(field.name), "label": .text(field.label), "value": .optional(value),
                "hint": .optional(field.hint),
                "choices": .list(
                    field.choices.map {
                        ["value": .text($0.value), "label": .text($0.label), "chosen": .flag($0.value == value)]
                    }
                ),
                "chooses": .flag(!field.choices.isEmpty),
            ]
        }
        return .page(
            title: verb,
            [
                "verb": .text(verb), "about": .text(about), "consequence": .text(consequence), "back": .text(back),
                "fields": .list(fields), "once": .text(Sessions.randomText()),
            ]
        )
    }

    /// Refuses a form without a reason, or without the words that have to be typed.
    ///
    /// - Parameters:
    ///   - visit: Whose form.
    ///   - typed: The words; `nil` for none.
    /// - Throws: ``APIProblem``.
    static func check(_ visit: Visit, typed: String? = nil) throws(APIProblem) {
        guard visit.form["reason"] != nil else {
            throw APIProblem(.badValue, "Say why: it stands in the audit log.")
        }
        guard let typed, visit.form["typed"] != typed else { return }
        throw APIProblem(.badValue, "Type \(typed) to say that you mean that many.")
    }
}
