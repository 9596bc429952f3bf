// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

public import Events

/// Where the parser stands: the place in the pattern as written, and the field that it has stepped down to.
struct PatternPlace {
    let root: PatternRoot
    var path: [String] = []
    var steps: [String] = []

    /// One key or position further into the pattern, at the same field.
    func inside(_ key: String) -> PatternPlace {
        var place = self
        place.path.append(key)
        return place
    }

    /// One field further down; dots in the key step down more than once.
    func field(_ key: String) throws(EventPatternError) -> PatternPlace {
        var place = inside(key)
        guard let path = FieldPath(key) else {
            let expected = "names with single dots between them (a real dot is written \\. and a backslash \\\\)"
            throw place.error(.badField, "found the field '\(key)'; expected \(expected)")
        }
        place.steps += path.steps
        return place
    }

    func error(_ code: EventPatternError.Code, _ message: String) -> EventPatternError {
        EventPatternError(code: code, message: message, root: root, path: path)
    }

    var tooLarge: EventPatternError {
        error(
            .tooLarge,
            "found $or branches that multiply to more than \(PatternParser.maxClauses) combinations; expected fewer"
        )
    }

    /// `total: {gte: 500}` would ask for a field `total.gte`, which nobody means.
    func bareOperator(_ name: String, _ operand: JSON) -> EventPatternError {
        let field = path.last ?? "field"
        return inside(name).error(
            .badAlternative,
            "found the operator '\(name)' as a field's name; expected a list around it, such as "
                + "\(field): [{\(name): \(operand.text())}], or a list as the value of a field that is named so"
        )
    }
}

extension JSON {
    /// The members in their order, if the value is an object.
    var members: [(key: String, value: JSON)]? { object.map { Array($0) } }
}

/// Which of the two documents of an event a condition reads.
public enum PatternRoot: Hashable, Sendable {
    /// The event's body.
    case payload
    /// The small document about the event: its type, its request's headers.
    case envelope
}

/// One field that a pattern reads, with what it wants there.
public struct PatternField: Hashable, Sendable {
    /// The document that the field is in.
    public let root: PatternRoot
    /// The way to the field; array positions never stand in it.
    public let path: FieldPath
    /// The conditions in readable form, one a place of the pattern that names the field.
    public let conditions: [String]
}
