// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events

extension LiquidEnvironment {
    /// Filters for what stands in messages: lists in one line, link suffixes, digits, masked numbers.
    mutating func registerMessages() {
        register("list", arguments: 1...2) { input, arguments, context throws(LiquidError) in
            let elements = try input.list(context)
            let limit = try arguments.integer(1, or: .max)
            guard limit > 0 else { throw .argument("the number of elements to show must be at least 1") }
            let form = ListForm(arguments.text(0))
            if context.isStrict, let reason = form.refusal(arguments.text(0)) { throw .argument(reason, position: 0) }
            var parts: [String] = []
            var bytes = 0
            for element in elements.prefix(limit) {
                parts.append(try form.text(of: element, parts.count, context))
                bytes += parts[parts.count - 1].utf8.count + 2
                try context.check(bytes: bytes)
            }
            let rest = elements.count - parts.count
            return .string(parts.joined(separator: ", ") + (rest > 0 ? " +\(rest) more" : ""))
        }
        register("url_suffix", arguments: 1...1, readsText: true) { input, arguments, _ throws(LiquidError) in
            let (url, base) = (input.filterText, arguments.text(0))
            guard url.utf8.starts(with: base.utf8) else { throw .argument("the URL does not begin with '\(base)'") }
            return .string(String(decoding: url.utf8.dropFirst(base.utf8.count), as: UTF8.self))
        }
        text("digits") { text in
            text.unicodeScalars.compactMap { scalar in
                scalar.properties.numericType == .decimal ? scalar.properties.numericValue.map { String(Int($0)) } : nil
            }.joined()
        }
        register("mask", arguments: 0...2, readsText: true) { input, arguments, context throws(LiquidError) in
            let (text, cover) = (input.filterText, arguments[1]?.filterText ?? "*")
            try context.check(bytes: text.utf8.count * max(1, cover.utf8.count))
            return .string(Self.mask(text, keeping: try arguments.integer(0, or: 4), with: cover))
        }
    }

    /// Replaces letters and digits but the last ones; what stands between them stays.
    private static func mask(_ text: String, keeping kept: Int, with cover: String) -> String {
        var rest = text.count { $0.isLetter || $0.isNumber } - max(0, kept)
        var result = ""
        for character in text {
            let isCovered = rest > 0 && (character.isLetter || character.isNumber)
            if isCovered { rest -= 1 }
            result += isCovered ? cover : String(character)
        }
        return result
    }
}

/// The form of one element in `list`: text with paths in braces, such as `{quantity}× {product.title}`; `{}` is the
/// element itself.
private struct ListForm {
    private enum Part {
        case text(String)
        case path([String])
    }

    private var parts: [Part] = []

    init(_ form: String) {
        var rest = form[...]
        while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
            parts.append(.text(String(rest[..<open])))
            let path = String(rest[rest.index(after: open)..<close]).trimmed
            parts.append(.path(path.isEmpty ? [] : path.split(separator: ".").map(String.init)))
            rest = rest[rest.index(after: close)...]
        }
        parts.append(.text(String(rest)))
    }

    /// Why a form does not say what to show of an element: without braces all of them read alike.
    func refusal(_ form: String) -> String? {
        guard parts.count < 2 else { return nil }
        let isName = !form.isEmpty && form.utf8.allSatisfy { SourceText.isWord($0) || $0 == UInt8(ascii: ".") }
        return "the form '\(form)' has no braces, so that all elements would read alike; write "
            + (isName
                ? "'{\(form)}'" : "what to show in braces, such as '{quantity}× {title}', or '{}' for the element")
    }

    func text(of element: LiquidValue, _ index: Int, _ context: LiquidContext) throws(LiquidError) -> String {
        var text = ""
        for part in parts {
            switch part {
            case .text(let plain): text += plain
            case .path(let path):
                let value = path.reduce(element) { $0.member($1) }
                if context.isMissing(value), context.isStrict { throw Self.missing(path, index) }
                if context.isStrict, let reason = value.printingRefusal(Self.name(path, index)) {
                    throw .argument(reason)
                }
                value.write(to: &text)
            }
        }
        return text
    }

    private static func name(_ path: [String], _ index: Int) -> String {
        path.isEmpty ? "element \(index)" : "'\(path.joined(separator: "."))' of element \(index)"
    }

    private static func missing(_ path: [String], _ index: Int) -> LiquidError {
        let name = path.joined(separator: ".")
        let missing = name.isEmpty ? "value" : "'\(name)'"
        let place = "[\(index)]" + (name.isEmpty ? "" : ".\(name)")
        return LiquidError(.undefined, "element \(index) of the list has no \(missing)", path: place)
    }
}
