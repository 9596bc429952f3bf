// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events

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
