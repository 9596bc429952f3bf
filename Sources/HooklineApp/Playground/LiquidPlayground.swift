// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
internal import Liquid
internal import Rules

/// Liquid outside of a rule: what `hookline render` does.
package struct LiquidPlayground: Sendable {
    /// A text that Liquid refused, with its reason.
    package struct Failure: Error, Hashable, Sendable {
        /// `line:column: sentence`.
        package let reason: String
    }

    private let environment: LiquidEnvironment
    private let conventions: DataConventions
    private let clock: any WallClock

    /// A playground with the filters of rule files.
    ///
    /// - Parameters:
    ///   - isLax: Whether an undefined value prints nothing, as in Liquid itself, instead of refusing.
    ///   - conventions: How the data's sender writes it.
    ///   - clock: What `now` means.
    package init(
        isLax: Bool,
        conventions: DataConventions = .standard,
        clock: any WallClock = SystemClock()
    ) {
        self.conventions = conventions
        var environment = RuleFolder.liquid
        environment.undefined = isLax ? .lax : .strict
        self.environment = environment
        self.clock = clock
    }

    /// Renders a text over a payload.
    ///
    /// - Parameters:
    ///   - template: The text with its Liquid.
    ///   - data: The payload; its fields are at the root.
    ///   - namesBody: Whether all of it is also `body`, as in a rule.
    /// - Returns: The rendered text.
    /// - Throws: ``Failure`` with the place in the text.
    package func render(_ template: String, _ data: JSONNode, namesBody: Bool = true) throws(Failure) -> String {
        do {
            let variables = namesBody ? ["body": LiquidValue(data)] : [:]
            let scope = LiquidScope(root: data, variables: variables, now: clock.now, conventions: conventions)
            return try LiquidTemplate(template, environment: environment).render(scope)
        } catch {
            throw Failure(reason: "\(error)")
        }
    }
}
