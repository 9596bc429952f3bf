// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Events

/// The parameters of a component, matched with the gaps of a text.
///
/// Gaps with names want each value with its `parameter_name`, in any order; Meta answers `(#100) Invalid parameter:
/// Parameter name is missing or empty` to what comes without. Numbered gaps are filled in order.
///
/// - SeeAlso: [piusalfred/whatsapp#100](https://github.com/piusalfred/whatsapp/issues/100),
///   [netflie/laravel-notification-whatsapp#41](https://github.com/netflie/laravel-notification-whatsapp/issues/41)
struct ParameterNames {
    /// Parameters by the slot that they fill, from 1, and what could not be matched.
    struct Reading {
        var bySlot: [Int: JSON] = [:]
        var problems: [TemplateProblem] = []
    }

    private let text: TemplateText
    /// What sentences call the component.
    private let component: String

    init(_ text: TemplateText, _ component: String) {
        self.text = text
        self.component = component
    }

    /// Matches parameters with gaps.
    ///
    /// - Parameter parameters: Those of one component, in their order.
    /// - Returns: Each at its slot. What has no slot is a problem; of numbered gaps, a position beyond the last.
    func read(_ parameters: [JSON]) -> Reading {
        var reading = Reading()
        for (position, parameter) in parameters.enumerated() {
            let name = parameter["parameter_name"].flatMap { $0 == .null ? nil : $0 }
            if let problem = problem(name, at: position, reading) {
                reading.problems.append(problem)
            } else {
                reading.bySlot[slot(name, at: position)] = parameter
            }
        }
        return reading
    }

    private func slot(_ name: JSON?, at position: Int) -> Int {
        (name?.string.flatMap { text.slots.firstIndex(of: $0) } ?? position) + 1
    }

    private func problem(_ name: JSON?, at position: Int, _ reading: Reading) -> TemplateProblem? {
        guard text.isNamed || name != nil, !text.slots.isEmpty else { return nil }
        let known = text.slots.map { "'\($0)'" }.joined(separator: ", ")
        guard let name = name?.string, !name.isEmpty else {
            let found = "value \(position + 1) of \(component) has no 'parameter_name'"
            return TemplateProblem(.parameterName, "\(found); the gaps have names: \(known)")
        }
        let shown = ParameterRules.shown(name)
        guard text.slots.contains(name) else {
            let hint = text.isNamed ? NearMiss.question(for: name, among: text.slots).map { "; \($0)" } : nil
            let expected =
                text.isNamed ? "the gaps are \(known)" : "its gaps are numbered, and take values without names"
            return TemplateProblem(
                .parameterName,
                "\(component) has no gap '\(shown)'; \(expected)\(hint ?? "")"
            )
        }
        guard reading.bySlot[slot(.string(name), at: position)] == nil else {
            return TemplateProblem(.parameterName, "\(component)'s gap '\(shown)' gets two values; expected one")
        }
        return nil
    }
}
