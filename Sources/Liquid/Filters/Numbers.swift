// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events

extension LiquidEnvironment {
    /// Arithmetic.
    ///
    /// In strict mode what is no number as a whole is refused; in lax mode a text counts as the number that it begins
    /// with, and anything else as 0.
    mutating func registerNumbers() {
        operation("plus") { left, right throws(LiquidError) in try left.adding(right) }
        operation("minus") { left, right throws(LiquidError) in try left.subtracting(right) }
        operation("times") { left, right throws(LiquidError) in try left.multiplied(by: right) }
        operation("divided_by") { left, right throws(LiquidError) in try left.divided(by: right) }
        operation("modulo") { left, right throws(LiquidError) in try left.remainder(dividingBy: right) }
        operation("at_least") { $1 > $0 ? $1 : $0 }
        operation("at_most") { $1 < $0 ? $1 : $0 }
        register("abs", arguments: 0...0) { input, _, context throws(LiquidError) in
            let number = try context.number(input)
            return .number(number < .zero ? try number.negated() : number)
        }
        whole("ceil", .up)
        whole("floor", .down)
        register("round", arguments: 0...1) { input, arguments, context throws(LiquidError) in
            let number = try context.number(input)
            let places = try arguments[0].map { value throws(LiquidError) in try context.number(value) }?.whole ?? 0
            guard places.magnitude <= LiquidNumber.maxDigits else { return .number(number) }
            let value = try number.rounded(places: places)
            return .number(LiquidNumber(value, isDecimal: number.isDecimal && places > 0))
        }
    }

    private mutating func operation(
        _ name: String,
        _ operation: @escaping @Sendable (LiquidNumber, LiquidNumber) throws(LiquidError) -> LiquidNumber
    ) {
        register(name, arguments: 1...1) { input, arguments, context throws(LiquidError) in
            .number(try operation(try context.number(input), try context.number(arguments[0] ?? .nil)))
        }
    }

    private mutating func whole(_ name: String, _ rule: LiquidRounding) {
        register(name, arguments: 0...0) { input, _, context throws(LiquidError) in
            .number(LiquidNumber(try context.number(input).rounded(places: 0, rule: rule), isDecimal: false))
        }
    }
}
