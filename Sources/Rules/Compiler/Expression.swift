// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CheckedYAML
import Liquid

/// A text of a rule file, compiled: constant, or with Liquid in it.
///
/// An object, because a rule that is evaluated hands its texts on.
final class Expression: Sendable {
    /// The compiled text.
    let template: LiquidTemplate
    private let positions: ScalarPositions

    init(_ template: LiquidTemplate, _ positions: ScalarPositions) {
        self.template = template
        self.positions = positions
    }

    /// Where in the file the text begins.
    var location: SourceLocation { positions.location(line: 0, column: 0) }

    /// Where in the file a place of the text is.
    func location(line: Int, column: Int) -> SourceLocation { positions.location(line: line, column: column) }

    /// The text that is always the result; `nil` where Liquid decides.
    var constant: String? { template.constant }

    /// Whether the text names the events of a digest.
    var readsItems: Bool { template.references.contains { $0.steps.first == RuleEvaluator.items } }

    /// Renders the text.
    ///
    /// - Parameter scope: What it can name.
    /// - Returns: The text.
    /// - Throws: A refusal with the place in the file.
    func render(_ scope: LiquidScope) throws(Refusal) -> String {
        do throws(LiquidError) {
            return try template.render(scope)
        } catch {
            throw refusal(error)
        }
    }

    /// Evaluates the text; a lone `{{ … }}` gives its value.
    ///
    /// - Parameter scope: What it can name.
    /// - Returns: The value; `nil` of the language where it is undefined.
    /// - Throws: A refusal with the place in the file.
    func evaluate(_ scope: LiquidScope) throws(Refusal) -> LiquidValue {
        do throws(LiquidError) {
            return try template.evaluate(scope)
        } catch {
            throw refusal(error)
        }
    }

    private func refusal(_ error: LiquidError) -> Refusal {
        let place = location(line: error.line, column: error.column)
        return Refusal(error.code == .undefined ? .undefined : .liquid, error.message, at: place, path: error.path)
    }
}
