// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
import OrderedCollections

/// Looks for one of Meta's codes in an answer whose shape is the partner's.
///
/// It is found as `code` of an error, as deep as the partner puts Meta's error, and as `(#131056)` at the beginning of
/// a sentence. The one nearest to the root counts. A code below 1000 could be anybody's, so it counts only where Meta's
/// own marks stand beside it (`fbtrace_id`, an `…Exception` as type, `error_data`), below a key that names WhatsApp, or
/// in the form `(#4)`. Numbers that are not in the table are none of its business.
///
/// The work is bounded whatever the answer holds: so many values, so deep, so much of each text.
package struct MetaCodeSearch {
    private static let maxValues = 2_000
    private static let maxDepth = 16
    private static let maxText = 2_048
    private static let maxEmbedded = 3
    /// From here on a code is Meta's own wherever an error has it.
    private static let distinctive = 1_000

    /// A value to look at, and what is known of its place.
    private struct Place {
        var value: JSON
        var depth = 0
        /// Whether a key on the way to it speaks of an error.
        var isWithinError = false
        /// Whether the value itself stands where an error or its words stand.
        var isError = true
        /// Whether a key on the way to it names WhatsApp or Meta.
        var isMetas = false
    }

    private var places: [Place]
    private var embedded = 0

    private init(_ json: JSON) {
        places = [Place(value: json)]
    }

    /// The code in an answer; `nil` where there is none that Hookline knows.
    ///
    /// - Parameter json: The answer's body.
    /// - Returns: The code.
    package static func code(in json: JSON) -> Int? {
        var search = MetaCodeSearch(json)
        return search.run()
    }

    /// The code in a text that is no JSON, such as a page or a body that broke off.
    ///
    /// - Parameter text: The text, of which only the beginning is read.
    /// - Returns: The code; `nil` where there is none that Hookline knows.
    package static func code(inText text: String) -> Int? {
        let bytes = Array(text.utf8.prefix(maxText))
        var from = bytes.startIndex
        while let start = bytes[from...].firstIndex(of: UInt8(ascii: "(")) {
            if beginsSentence(at: start, bytes), let number = number(after: start, bytes), MetaCode.row(number) != nil {
                return number
            }
            from = start + 1
        }
        return nil
    }

    private mutating func run() -> Int? {
        var next = 0
        while next < places.count {
            let place = places[next]
            next += 1
            switch place.value {
            case .object(let members):
                if place.isError, let code = ownCode(place) { return code }
                guard place.depth < Self.maxDepth else { continue }
                for (key, value) in members {
                    guard places.count < Self.maxValues else { break }
                    add(value, as: ErrorKey(key), within: place)
                }
            case .array(let elements):
                guard place.depth < Self.maxDepth else { continue }
                for element in elements.prefix(max(0, Self.maxValues - places.count)) {
                    var inner = place
                    (inner.value, inner.depth) = (element, place.depth + 1)
                    places.append(inner)
                }
            case .string(let text) where place.isError:
                if let code = Self.code(inText: text) { return code }
                open(text, place)
            case .string, .number, .bool, .null:
                continue
            }
        }
        return nil
    }

    private mutating func add(_ value: JSON, as key: ErrorKey, within outer: Place) {
        var place = Place(value: value, depth: outer.depth + 1)
        place.isMetas = outer.isMetas || key.namesMeta
        place.isWithinError = outer.isWithinError || key.namesError || key.namesMeta
        switch value {
        case .object: place.isError = key.namesError || key.namesMeta || place.isWithinError && value.looksLikeError
        case .array: place.isError = key.namesError || key.namesMeta || outer.isError && key.isText
        case .string: place.isError = outer.isError && (key.isText || key.namesError)
        case .number, .bool, .null: return
        }
        places.append(place)
    }

    /// A partner may pass Meta's answer on as a text.
    private mutating func open(_ text: String, _ place: Place) {
        guard text.utf8.first == UInt8(ascii: "{"), embedded < Self.maxEmbedded, place.depth < Self.maxDepth else {
            return
        }
        embedded += 1
        guard let json = try? JSON(parsing: text) else { return }
        places.append(Place(value: json, depth: place.depth + 1, isWithinError: true, isMetas: place.isMetas))
    }

    private func ownCode(_ place: Place) -> Int? {
        let candidates = place.value.object?.compactMap { key, value in
            ErrorKey(key).isCode ? value.metaNumber : nil
        }
        return candidates?.first { number in
            MetaCode.row(number) != nil
                && (number >= Self.distinctive || place.isMetas || place.value.bearsMetasMarks)
        }
    }

    /// Whether nothing that could be a word stands right before: `order (#131056)` tells an order's number.
    private static func beginsSentence(at start: Int, _ bytes: [UInt8]) -> Bool {
        guard let before = bytes[..<start].last(where: { $0 != UInt8(ascii: " ") }) else { return true }
        let isLetter = before >= 0x80 || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(before | 0x20)
        return !isLetter && !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(before)
    }

    /// The number of `(#131056)`.
    private static func number(after start: Int, _ bytes: [UInt8]) -> Int? {
        guard bytes.dropFirst(start + 1).first == UInt8(ascii: "#") else { return nil }
        let digits = bytes.dropFirst(start + 2).prefix(8).prefix {
            (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
        }
        guard (1...7).contains(digits.count), bytes.dropFirst(digits.endIndex).first == UInt8(ascii: ")") else {
            return nil
        }
        return Int(String(decoding: digits, as: UTF8.self))
    }
}

/// What a key tells of its value.
private struct ErrorKey {
    private static let texts: Set<String> = [
        "message", "msg", "description", "details", "detail", "reason", "title", "statusmessage",
    ]
    private static let codes: Set<String> = [
        "code", "errorcode", "errorsubcode", "subcode", "metacode", "metaerrorcode", "whatsappcode",
    ]
    private static let longest = 64

    private let name: String

    init(_ key: String) {
        // A longer name is none of those that are looked for.
        name = key.utf8.count > Self.longest ? "" : key.lowercased().filter { $0 != "_" && $0 != "-" && $0 != "." }
    }

    /// Such as `error`, `errors`, `error_data`, `details`.
    var namesError: Bool {
        name.contains("error") || name.contains("exception") || name == "details" || name == "cause"
    }
    /// Such as `whatsappApiError`; `meta` itself is everybody's word.
    var namesMeta: Bool {
        name.contains("whatsapp") || name.contains("facebook") || name.contains("graphapi")
            || name.contains("metaerror")
    }
    var isText: Bool { Self.texts.contains(name) }
    var isCode: Bool { Self.codes.contains(name) }
}

extension JSON {
    /// A whole number, or a text of nothing else; no longer than Meta's.
    fileprivate var metaNumber: Int? {
        let text = number?.text ?? string ?? ""
        guard (1...7).contains(text.utf8.count), text.utf8.allSatisfy((UInt8(ascii: "0")...UInt8(ascii: "9")).contains)
        else { return nil }
        return Int(text)
    }

    /// Whether an object that the key does not name as one is an error all the same.
    fileprivate var looksLikeError: Bool {
        self["message"]?.string != nil || self["title"]?.string != nil || bearsMetasMarks
    }

    /// Whether it has what Meta's errors have and others do not.
    fileprivate var bearsMetasMarks: Bool {
        self["fbtrace_id"] != nil || self["error_subcode"] != nil
            || self["type"]?.string?.hasSuffix("Exception") ?? false
            || self["error_data"]?["messaging_product"]?.string == "whatsapp"
    }
}
