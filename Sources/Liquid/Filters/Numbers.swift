// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events

extension LiquidEnvironment {
    /// Arithmetic.
    ///
    /// What is no number counts as 0; a text counts as the number that it is or begins with.
    mutating func registerNumbers() {
        operation("plus") { left, right throws(LiquidError) in try left.adding(right) }
        operation("minus") { left, right throws(LiquidError) in try left.subtracting(right) }
        operation("times") { left, right throws(LiquidError) in try left.multiplied(by: right) }
        operation("divided_by") { left, right throws(LiquidError) in try left.divided(by: right) }
        operation("modulo") { left, right throws(LiquidError) in try left.remainder(dividingBy: right) }
        operation("at_least") { $1 > $0 ? $1 : $0 }
        operation("at_most") { $1 < $0 ? $1 : $0 }
        register("abs", arguments: 0...0) { input, _, _ throws(LiquidError) in
            let number = input.numeric
            return .number(number < .zero ? try number.negated() : number)
        }
        whole("ceil", .up)
        whole("floor", .down)
        register("round", arguments: 0...1) { input, arguments, _ throws(LiquidError) in
            let number = input.numeric
            let places = arguments[0]?.numeric.whole ?? 0
            guard places.magnitude <= LiquidNumber.maxDigits else { return .number(number) }
            let value = try number.rounded(places: places)
            return .number(LiquidNumber(value, isDecimal: number.isDecimal && places > 0))
        }
    }

    private mutating func operation(
        _ name: String,
        _ operation: @escaping @Sendable (LiquidNumber, LiquidNumber) throws(LiquidError) -> LiquidNumber
    ) {
        register(name, arguments: 1...1) { input, arguments, _ throws(LiquidError) in
            .number(try operation(input.numeric, arguments[0]?.numeric ?? .zero))
        }
    }

    private mutating func whole(_ name: String, _ rule: LiquidRounding) {
        register(name, arguments: 0...0) { input, _, _ throws(LiquidError) in
            .number(LiquidNumber(try input.numeric.rounded(places: 0, rule: rule), isDecimal: false))
        }
    }
}
