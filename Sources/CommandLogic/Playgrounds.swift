// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import EventPatterns
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

/// An event pattern outside of a rule: what `hookline match` does.
package enum PatternPlayground {
    /// A pattern that is none, with its reason.
    package struct Failure: Error, Hashable, Sendable {
        /// The place in the pattern and a sentence.
        package let reason: String
    }

    /// Whether a payload matches, and if not, why.
    package struct Answer: Hashable, Sendable {
        /// Whether it matches.
        package let isMatch: Bool
        /// The first condition that does not hold, in words; `nil` for a match.
        package let reason: String?
    }

    /// Holds a payload against a pattern.
    ///
    /// - Parameters:
    ///   - pattern: The pattern as JSON.
    ///   - event: The payload.
    /// - Returns: The answer.
    /// - Throws: ``Failure`` with the place in the pattern.
    package static func match(_ pattern: JSON, _ event: JSONNode) throws(Failure) -> Answer {
        let compiled: EventPattern
        do {
            compiled = try EventPattern(payload: pattern)
        } catch {
            throw Failure(reason: "\(error)")
        }
        let failure = compiled.firstFailure(event)
        return Answer(isMatch: failure == nil, reason: failure.map { "\($0)" })
    }
}

/// The `--lines` form of `hookline render` and `hookline match`: a JSON object a line in, one a line out, in order.
///
/// Suites that the field uses drive the two languages through it. Every line gets an answer; one that is no such
/// object gets `{"error": …}`.
package enum LinePlayground {
    /// Answers `{"template", "data"}` with `{"result"}` or `{"error"}`.
    ///
    /// - Parameters:
    ///   - line: One line of input.
    ///   - playground: Lax or strict Liquid.
    /// - Returns: One line without its line break.
    package static func render(_ line: [UInt8], _ playground: LiquidPlayground) -> String {
        answer(line) { input in
            guard let template = input["template"]?.string else { return error("expected a string in 'template'") }
            let data = try input["data"] ?? JSONDocument(Array("{}".utf8)).root
            do {
                return ["result": .string(try playground.render(template, data, namesBody: false))]
            } catch let failure as LiquidPlayground.Failure {
                return error(failure.reason)
            }
        }
    }

    /// Answers `{"pattern", "event"}` with `{"match": true|false}` or `{"error"}`.
    ///
    /// - Parameter line: One line of input.
    /// - Returns: One line without its line break.
    package static func match(_ line: [UInt8]) -> String {
        answer(line) { input in
            guard let pattern = input["pattern"], let event = input["event"] else {
                return error("expected 'pattern' and 'event'")
            }
            do {
                return ["match": .bool(try PatternPlayground.match(pattern.value, event).isMatch)]
            } catch let failure as PatternPlayground.Failure {
                return error(failure.reason)
            }
        }
    }

    private static func answer(_ line: [UInt8], _ body: (JSONNode) throws -> JSON) -> String {
        do {
            return try body(JSONDocument(line).root).text()
        } catch {
            return self.error("the line is no JSON: \(error)").text()
        }
    }

    private static func error(_ reason: String) -> JSON { ["error": .string(reason)] }
}
