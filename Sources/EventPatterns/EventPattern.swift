// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

public import Events

/// A compiled event pattern: what has to be true of an event.
///
/// The language is that of Amazon EventBridge with the semantics of aws/event-ruler, and exact decimal comparisons
/// beside it; `docs/patterns.md` has all of it.
public struct EventPattern: Sendable {
    /// Every field that the pattern reads, in the pattern's order, each once.
    public let fields: [PatternField]
    let compiled: CompiledPattern

    /// Compiles a pattern.
    ///
    /// - Parameters:
    ///   - payload: The pattern over the body; `nil` matches any.
    ///   - envelope: The pattern over a second, small document (event type, request headers); `nil` matches any.
    /// - Throws: ``EventPatternError`` with the first mistake.
    public init(payload: JSON?, envelope: JSON? = nil) throws(EventPatternError) {
        let compiled = try CompiledPattern(payload: payload, envelope: envelope)
        self.compiled = compiled
        fields = compiled.fields.enumerated().map { number, field in
            let conditions = compiled.conditions.filter { $0.field == number }
            return PatternField(
                root: field.root,
                path: FieldPath(steps: field.steps),
                conditions: conditions.map { ValueTest.phrase($0.tests) }
            )
        }
    }

    /// Whether an event matches.
    ///
    /// - Parameters:
    ///   - payload: The event's body.
    ///   - envelope: The second document; `nil` is one without fields.
    /// - Returns: Whether every condition holds.
    public func matches(_ payload: JSONNode, envelope: JSONNode? = nil) -> Bool {
        compiled.withReading(of: payload, envelope) { reading in
            compiled.clauses.contains { compiled.holds($0, in: reading) }
        }
    }

    /// The first condition that an event fails.
    ///
    /// Where `$or` leaves several ways open, it is the failure of the way that got furthest.
    ///
    /// - Parameters:
    ///   - payload: The event's body.
    ///   - envelope: The second document; `nil` is one without fields.
    /// - Returns: `nil` when the event matches.
    public func firstFailure(_ payload: JSONNode, envelope: JSONNode? = nil) -> PatternFailure? {
        compiled.withReading(of: payload, envelope) { reading in
            FailureFinder(compiled, reading).find().map { source, isJoint in
                PatternFailure(
                    root: source.root,
                    path: source.path,
                    expected: ValueTest.phrase(source.tests) + (isJoint ? FailureFinder.jointly : ""),
                    actual: FailureFinder.actual(source, source.root == .payload ? payload : envelope)
                )
            }
        }
    }
}
