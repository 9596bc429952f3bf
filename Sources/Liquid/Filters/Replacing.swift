// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

extension LiquidEnvironment {
    /// `replace` and `remove`: the text to find is no pattern, and the replacement stands for itself.
    mutating func registerReplacing() {
        register("replace", arguments: 1...2, readsText: true) { input, arguments, context throws(LiquidError) in
            .string(try Self.replace(input.filterText, arguments.text(0), arguments.text(1), context))
        }
        register("remove", arguments: 1...1, readsText: true) { input, arguments, context throws(LiquidError) in
            .string(try Self.replace(input.filterText, arguments.text(0), "", context))
        }
        register("replace_first", arguments: 1...2, readsText: true) { input, arguments, _ in
            .string(Self.replaceFirst(input.filterText, arguments.text(0), arguments.text(1)))
        }
        text("remove_first") { Self.replaceFirst($0, $1, "") }
        register("replace_last", arguments: 2...2, readsText: true) { input, arguments, _ in
            .string(Self.replaceLast(input.filterText, arguments.text(0), arguments.text(1)))
        }
        text("remove_last") { Self.replaceLast($0, $1, "") }
    }

    private static func replace(
        _ text: String,
        _ part: String,
        _ replacement: String,
        _ context: LiquidContext
    ) throws(LiquidError) -> String {
        var result = ""
        if part.isEmpty {
            try context.check(bytes: text.utf8.count + (text.unicodeScalars.count + 1) * replacement.utf8.count)
            for scalar in text.unicodeScalars {
                result += replacement
                result.unicodeScalars.append(scalar)
            }
            return result + replacement
        }
        var start = text.startIndex
        while let range = text.firstRange(ofBytes: part, from: start) {
            result += text[start..<range.lowerBound]
            result += replacement
            try context.check(bytes: result.utf8.count)
            start = range.upperBound
        }
        return result + text[start...]
    }

    private static func replaceFirst(_ text: String, _ part: String, _ replacement: String) -> String {
        if part.isEmpty { return replacement + text }
        guard let range = text.firstRange(ofBytes: part) else { return text }
        return text[..<range.lowerBound] + replacement + text[range.upperBound...]
    }

    private static func replaceLast(_ text: String, _ part: String, _ replacement: String) -> String {
        if part.isEmpty { return text + replacement }
        let bytes = Array(text.utf8)
        let (mirrored, part) = (Array(bytes.reversed()), Array(part.utf8.reversed()))
        let found = mirrored.withUnsafeBufferPointer { bytes in
            part.withUnsafeBufferPointer { ByteSearch.first($0, in: bytes) }
        }
        guard let fromEnd = found else { return text }
        let end = bytes.count - fromEnd
        let result = bytes[..<(end - part.count)] + Array(replacement.utf8) + bytes[end...]
        return String(decoding: result, as: UTF8.self)
    }
}
