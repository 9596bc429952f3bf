// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// The way from a payload's root to one of its values, such as `payload.payment.entity.amount`.
///
/// A step is a key, or a position where the value is an array. A key with a real dot is written `a\.b`.
public struct FieldPath: Hashable, Sendable, CustomStringConvertible {
    /// The keys from the outermost to the innermost.
    public let steps: [String]

    /// A path of these keys.
    ///
    /// - Parameter steps: From the outermost to the innermost.
    public init(steps: [String]) {
        self.steps = steps
    }

    /// Reads the dotted form.
    ///
    /// - Parameter text: Keys with dots between them; `nil` comes back when a key is empty or a backslash stands
    ///   before anything but a dot or a backslash.
    public init?(_ text: String) {
        var steps: [String] = []
        var step = ""
        var isEscaped = false
        for character in text {
            if isEscaped {
                guard character == "." || character == "\\" else { return nil }
                step.append(character)
                isEscaped = false
            } else if character == "\\" {
                isEscaped = true
            } else if character == "." {
                steps.append(step)
                step = ""
            } else {
                step.append(character)
            }
        }
        steps.append(step)
        guard !isEscaped, !steps.contains("") else { return nil }
        self.steps = steps
    }

    /// The dotted form.
    public var description: String {
        steps.map { $0.replacing("\\", with: "\\\\").replacing(".", with: "\\.") }.joined(separator: ".")
    }
}

extension JSONNode {
    /// The value at the end of a path; `nil` when a step leads nowhere.
    ///
    /// - Parameter path: Keys, or positions where the value is an array.
    public subscript(path: FieldPath) -> JSONNode? {
        path.steps.reduce(Optional(self)) { node, step in
            guard let node else { return nil }
            return node.kind == .array ? Int(step).flatMap { node[$0] } : node[step]
        }
    }
}
