// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

// The families of filters, and the short forms in which most filters are registered.

extension LiquidEnvironment {
    mutating func registerAll() {
        registerText()
        registerReplacing()
        registerMarkup()
        registerEncodings()
        registerNumbers()
        registerToNumber()
        registerLists()
        registerSorting()
        registerSelection()
        registerDates()
        registerMoney()
        registerMessages()
        registerWording()
        registerCollections()
        registerDefault()
    }

    /// A filter from text to text.
    mutating func text(_ name: String, _ transform: @escaping @Sendable (String) -> String) {
        register(name, arguments: 0...0, readsText: true) { input, _, _ in .string(transform(input.filterText)) }
    }

    /// A filter with one argument, both read as text.
    mutating func text(_ name: String, _ transform: @escaping @Sendable (String, String) -> String) {
        register(name, arguments: 1...1, readsText: true) { input, arguments, _ in
            .string(transform(input.filterText, arguments.text(0)))
        }
    }

    private mutating func registerDefault() {
        register("default", arguments: 0...1, names: ["allow_false"], takesUndefined: true) { input, arguments, _ in
            let allowsFalse = arguments["allow_false"]?.isTruthy ?? false
            let isMissing = allowsFalse ? input.isNil : !input.isTruthy
            return isMissing || input.isEmpty ? arguments[0] ?? .string("") : input
        }
    }
}

extension LiquidArguments {
    /// An argument as the text that filters work on; empty where there is none.
    func text(_ position: Int) -> String {
        self[position]?.filterText ?? ""
    }

    /// An argument that must be a whole number, as a number or a text; beyond 64 bits the nearest that fits.
    func integer(_ position: Int, or fallback: Int) throws(LiquidError) -> Int {
        guard let value = self[position] else { return fallback }
        if let number = value.asNumber, !number.isDecimal { return number.int ?? (number < .zero ? .min : .max) }
        if let text = value.asString, let integer = Int(text.trimmed) { return integer }
        let found = value.asString.map { "'\($0)'" } ?? value.typeName
        throw .argument("argument \(position + 1) must be a whole number, not \(found)", position: position)
    }
}
