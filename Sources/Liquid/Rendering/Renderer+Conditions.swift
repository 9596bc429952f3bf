// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

extension Renderer {
    mutating func render(_ branches: [Branch]) throws(LiquidError) -> Interrupt? {
        for branch in branches {
            if let condition = branch.condition, try !holds(condition) { continue }
            return try render(branch.body)
        }
        return nil
    }

    mutating func render(_ selection: Selection) throws(LiquidError) -> Interrupt? {
        let subject = try value(of: selection.subject)
        var hasMatched = false
        for arm in selection.arms {
            guard let candidates = arm.candidates else {
                if !hasMatched, let interrupt = try render(arm.body) { return interrupt }
                continue
            }
            for candidate in candidates where try subject.equals(value(of: candidate)) {
                hasMatched = true
                if let interrupt = try render(arm.body) { return interrupt }
            }
        }
        return nil
    }

    private mutating func holds(_ condition: Condition) throws(LiquidError) -> Bool {
        switch condition {
        case .truthy(let expression): return try value(of: expression).isTruthy
        case .comparison(let left, let comparison, let right, let offset):
            let first = try value(of: left)
            return try holds(first, comparison, value(of: right), offset)
        case .and(let left, let right):
            guard try holds(left) else { return false }
            return try holds(right)
        case .or(let left, let right):
            if try holds(left) { return true }
            return try holds(right)
        case .not(let inner): return try !holds(inner)
        }
    }

    private mutating func holds(
        _ left: LiquidValue,
        _ comparison: Comparison,
        _ right: LiquidValue,
        _ offset: Int
    ) throws(LiquidError) -> Bool {
        try weigh(left.depthWeight + right.depthWeight, at: offset)
        switch comparison {
        case .equal: return left.equals(right)
        case .unequal: return !left.equals(right)
        case .contains: return left.contains(right)
        case .less, .lessOrEqual, .greater, .greaterOrEqual:
            return try order(left, right, offset).map(comparison.accepts) ?? false
        }
    }

    /// Refuses two texts that are numbers and whose order by letters is another one than that of the numbers.
    private func refuseNumbers(_ left: String, _ right: String, _ offset: Int) throws(LiquidError) {
        guard isStrict, let one = LiquidNumber(whole: left), let other = LiquidNumber(whole: right) else { return }
        let byLetters = left.unicodeScalars.lexicographicallyPrecedes(right.unicodeScalars)
        guard byLetters != (one < other) || (one == other) != (left == right) else { return }
        let message =
            "two texts are compared letter by letter, and these are numbers; make numbers of them with `| to_number` first"
        throw LiquidError(.comparison, message).at(program.place(of: offset))
    }

    /// -1, 0 or 1; `nil` where nothing, a truth value, a list or an object stands on one side.
    private func order(_ left: LiquidValue, _ right: LiquidValue, _ offset: Int) throws(LiquidError) -> Int? {
        switch (left, right) {
        case (.number(let left), .number(let right)): return left < right ? -1 : (left == right ? 0 : 1)
        case (.string(let left), .string(let right)):
            try refuseNumbers(left, right, offset)
            return left.unicodeScalars.lexicographicallyPrecedes(right.unicodeScalars) ? -1 : (left == right ? 0 : 1)
        case (.number, .string), (.string, .number):
            let message = "\(left.typeName) cannot be compared with \(right.typeName)"
            throw LiquidError(.comparison, message).at(program.place(of: offset))
        default: return nil
        }
    }
}

extension Comparison {
    /// Whether an order of -1, 0 or 1 is what the operator asks for.
    fileprivate func accepts(_ order: Int) -> Bool {
        switch self {
        case .less: order < 0
        case .lessOrEqual: order <= 0
        case .greater: order > 0
        case .greaterOrEqual: order >= 0
        case .equal: order == 0
        case .unequal: order != 0
        case .contains: false
        }
    }
}
