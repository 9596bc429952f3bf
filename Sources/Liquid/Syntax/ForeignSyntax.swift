// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events

/// The right way to write what other languages write otherwise.
enum ForeignSyntax {
    /// A run of punctuation that some language reads as an operator, at the start of some bytes; the longest counts.
    static func sign(at bytes: ArraySlice<UInt8>) -> (text: String, advice: String)? {
        signs.first { bytes.starts(with: $0.text.utf8) }
    }

    /// The advice for a word where an operator, a filter or the end is expected.
    static func advice(word: String) -> String? { words[word.lowercased()] }

    private static let choice = "a choice is written {% if … %}…{% else %}…{% endif %}"
    private static let fallback = "a value for what is missing is written `| default: '…'`"

    private static let signs: [(text: String, advice: String)] = [
        ("===", "equality is written =="), ("!==", "the opposite of == is written !="), ("=~", noPatterns),
        ("&&", "both conditions are written `and`"), ("||", "in a condition write `or`; " + fallback),
        ("??", fallback), ("?:", fallback), ("?.", "a part is written `a.b`; what is missing on the way is no error"),
        ("=>", "there are no functions in Liquid"), ("**", "there are no powers in Liquid; write `| times: x`"),
        ("++", "write `| plus: 1`, or `{% increment name %}`"), ("--", "write `| minus: 1`"),
        ("//", "write `| divided_by: x`"), ("{{", "an output cannot stand inside another; write the name alone"),
        ("{%", "a tag cannot stand inside another"),
        ("+", "write `| plus: 1` for numbers, `| append: '…'` for texts"), ("-", "write `| minus: 1`"),
        ("*", "write `| times: 2`"), ("/", "write `| divided_by: 2`"), ("%", "write `| modulo: 2`"),
        ("~", "texts are joined with `| append: '…'`"), ("&", "both conditions are written `and`"),
        ("^", "there are no powers in Liquid; write `| times: x`"), ("?", choice),
        ("!", "the opposite is written `!=`, `not` or {% unless … %}"), ("{", "objects cannot be written in Liquid"),
        ("}", "an output is written {{ name }}"), ("$", "a name is written without $"),
        ("@", "a name is written without @"), ("#", "a comment is written {% # … %}"),
        (";", "each statement is a tag of its own"),
        ("\\", "inside quotes there are no escapes; use the other kind of quotes"),
        ("=", "equality is written =="),
    ]

    /// The advice for `and`, `or` and `contains` where a value is printed or kept.
    static func advice(outputWord word: String) -> String? {
        switch word {
        case "or": "there are no conditions here; \(fallback)"
        case "and", "contains": "there are no conditions here; \(choice)"
        default: nil
        }
    }

    private static let noPatterns = "there are no patterns in Liquid; write `contains`"

    private static let words: [String: String] = [
        "is": "equality is written ==", "eq": "equality is written ==", "equals": "equality is written ==",
        "ne": "the opposite of == is written !=", "neq": "the opposite of == is written !=",
        "isnt": "the opposite of == is written !=",
        "not": "the opposite is written `not a == b`, `!=` or {% unless … %}",
        "in": "write `{% if list contains value %}`, the list first", "gt": "greater is written >",
        "gte": "greater or equal is written >=", "ge": "greater or equal is written >=", "lt": "smaller is written <",
        "lte": "smaller or equal is written <=", "le": "smaller or equal is written <=",
        "has": "write `contains`", "includes": "write `contains`", "include": "write `contains`",
        "like": noPatterns, "matches": noPatterns, "match": noPatterns, "regex": noPatterns,
        "startswith": "take the start with {% assign start = text | slice: 0, 3 %} and compare that with ==",
        "starts_with": "take the start with {% assign start = text | slice: 0, 3 %} and compare that with ==",
        "endswith": "take the end with {% assign end = text | slice: -3, 3 %} and compare that with ==",
        "ends_with": "take the end with {% assign end = text | slice: -3, 3 %} and compare that with ==",
        "between": "write `a >= 1 and a <= 9`", "xor": "write `a != b`", "then": "what follows stands after %}",
        "if": choice, "else": choice, "unless": choice, "mod": "write `| modulo: 2`", "div": "write `| divided_by: 2`",
    ]
}

extension Character {
    /// What a character is called that is easily taken for another one; `nil` for the others.
    var disguise: String? {
        guard let scalar = unicodeScalars.first, !scalar.isASCII else { return nil }
        let code =
            "U+" + String(repeating: "0", count: max(0, 4 - String(scalar.value, radix: 16).count))
            + String(scalar.value, radix: 16, uppercase: true)
        switch scalar.value {
        case 0x2018...0x201B, 0x2032, 0x2035, 0x00B4, 0x02B9, 0x02BC, 0x2039, 0x203A, 0xFF07:
            return "the curly quote \(scalar) (\(code)); write the straight ' instead"
        case 0x201C...0x201F, 0x2033, 0x2036, 0x00AB, 0x00BB, 0xFF02:
            return "the curly quote \(scalar) (\(code)); write the straight \" instead"
        case 0x00A0, 0x202F, 0x2007: return "a no-break space (\(code)); write an ordinary space"
        case 0x2010...0x2015, 0x2212, 0xFE58, 0xFE63, 0xFF0D: return "the dash \(scalar) (\(code)); write the hyphen -"
        case 0x2026: return "the ellipsis … (\(code)); write the rest out, or two full stops in a range"
        case 0xFF5C, 0x2502, 0x00A6: return "the bar \(scalar) (\(code)); write the straight |"
        case 0xFF1A, 0x2236: return "the colon \(scalar) (\(code)); write the ordinary :"
        case 0xFF0C, 0x3001, 0x060C: return "the comma \(scalar) (\(code)); write the ordinary ,"
        case 0x2260: return "the sign ≠ (\(code)); write !="
        case 0x2264: return "the sign ≤ (\(code)); write <="
        case 0x2265: return "the sign ≥ (\(code)); write >="
        default: break
        }
        if scalar.properties.isWhitespace { return "a space of another kind (\(code)); write an ordinary space" }
        let isInvisible = scalar.properties.isDefaultIgnorableCodePoint || scalar.properties.generalCategory == .control
        return isInvisible ? "an invisible character (\(code)); delete it" : nil
    }
}
