// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events
internal import OrderedCollections
internal import PhoneNumbers

/// A payload in which nothing points to a real customer any more, for a file that is kept and passed on.
///
/// Replaced are names, numbers, e-mail and postal addresses, accounts, keys and the ends of web addresses, by the names of
/// their fields; and each of these texts, from four letters on, wherever it stands inside of another one. Amounts, dates,
/// states and the numbers of orders stay, for the rule reads them.
struct InventedData {
    /// The country in which numbers without country code are read.
    let country: String?
    /// What was replaced by what; a text keeps its replacement throughout the payload.
    private var replaced: OrderedDictionary<String, String> = [:]
    private var phones: [String: Int] = [:]

    init(country: String?) {
        self.country = country
    }

    /// The payload with invented people.
    ///
    /// - Parameter payload: The payload of a real event.
    /// - Returns: The same shape; long lists and texts are shortened.
    mutating func invent(_ payload: JSON) -> JSON {
        let first = invented(payload, name: [], below: [])
        let texts = replaced.filter { $0.key.count >= 4 && $0.key != $0.value }
            .sorted { ($1.key.count, $0.key) < ($0.key.count, $1.key) }
        return texts.isEmpty ? first : Self.replacing(texts.map { ($0.key, $0.value) }, in: first)
    }

    private mutating func invented(_ value: JSON, name: [String], below parents: [String]) -> JSON {
        switch value {
        case .object(let members):
            var result: OrderedDictionary<String, JSON> = [:]
            for (key, member) in members where key.utf8.count <= 200 {
                result[key] = invented(member, name: Words.ofName(key), below: Array((name + parents).prefix(6)))
            }
            return .object(result)
        case .array(let elements):
            return .array(elements.prefix(Self.mostElements).map { invented($0, name: name, below: parents) })
        case .string(let text): return .string(invented(text, name, parents))
        case .number where !Self.numbersOfPeople.isDisjoint(with: name): return 0
        case .number(let number):
            guard number.text.count >= 8, let new = phone(number.text, name) else { return value }
            return JSONNumber(new).map(JSON.number) ?? value
        case .null, .bool: return value
        }
    }

    /// What stands as a number, too, and is somebody's.
    private static let numbersOfPeople: Set<String> = [
        "latitude", "longitude", "lat", "lng", "zip", "postcode", "pincode", "postal", "iban", "aadhaar",
    ]
    private static let mostElements = 5
    private static let longest = 300

    // MARK: One text

    private mutating func invented(_ text: String, _ name: [String], _ parents: [String]) -> String {
        let names = Set(name)
        guard !text.isEmpty else { return text }
        if let new = phone(text, name) { return new }
        if let known = replaced[text] { return known }
        let new = fixed(text, names, name, parents)
        if new != text, text.count <= 200 { replaced[text] = new }
        return new.count > Self.longest ? String(new.prefix(Self.longest)) : new
    }

    private func fixed(_ text: String, _ names: Set<String>, _ name: [String], _ parents: [String]) -> String {
        func isNamed(_ words: Set<String>) -> Bool { !names.isDisjoint(with: words) }
        if text.contains("@"), !text.contains(" ") { return "meera@example.com" }
        if Words.isAddress(text) { return Self.address(text) }
        if isNamed(Self.secrets) || (isNamed(["key"]) && text.count >= 16) { return "example" }
        if isNamed(["ip"]) { return "203.0.113.7" }
        if isNamed(["vpa", "upi", "iban", "bic", "gstin", "gst", "pan", "aadhaar", "vat", "tax"]), !Words.isNumber(text)
        {
            return "EXAMPLE"
        }
        if isNamed(["last4", "card", "iin", "account", "utr", "rrn"]), text.contains(where: \.isNumber),
            text.count <= 40
        {
            return String(text.map { $0.isNumber ? "0" : $0 })
        }
        if isNamed(Self.places), !isNamed(["type", "status", "id", "country", "currency"]) {
            return "12 Example Street"
        }
        if isNamed(["zip", "postcode", "pincode", "postal", "pin"]) {
            return String(text.map { $0.isNumber ? "0" : $0 })
        }
        if isNamed(["birth", "birthday", "dob"]) { return "1990-01-01" }
        if isNamed(["latitude", "longitude", "lat", "lng"]) { return "0" }
        return person(text, names, name, parents)
    }

    private func person(_ text: String, _ names: Set<String>, _ name: [String], _ parents: [String]) -> String {
        let around = Set(parents.prefix(2))
        let isSomebodys = !around.isDisjoint(with: FieldReading.people) || !names.isDisjoint(with: FieldReading.people)
        let isName = !names.isDisjoint(with: ["name", "fullname", "display", "title", "login", "username", "holder"])
        if isSomebodys, isName, around.isDisjoint(with: FieldReading.articles), text.contains(where: \.isLetter) {
            if !names.isDisjoint(with: ["last", "surname", "family", "middle"]) { return "Nair" }
            return text.contains(" ") && names.isDisjoint(with: ["first", "given"]) ? "Meera Nair" : "Meera"
        }
        guard text.contains(where: \.isLetter), !text.contains(where: { $0.isNumber || "_/#{}".contains($0) }) else {
            // Whoever writes a note may write anything.
            return names.isDisjoint(with: Self.notes) || !text.contains(" ") ? text : "A note of the customer."
        }
        if !names.isDisjoint(with: ["first", "firstname", "given", "forename"]) { return "Meera" }
        if !names.isDisjoint(with: ["last", "lastname", "surname", "family", "middle"]), name.last != "item" {
            return "Nair"
        }
        if names.contains("fullname") || name.suffix(2) == ["full", "name"] { return "Meera Nair" }
        if !names.isDisjoint(with: Self.notes), text.contains(" ") { return "A note of the customer." }
        return text
    }

    private static let secrets: Set<String> = [
        "token", "secret", "password", "signature", "session", "cookie", "authorization", "hash", "fingerprint",
    ]
    private static let places: Set<String> = [
        "street", "address", "address1", "address2", "line1", "line2", "landmark",
    ]
    private static let notes: Set<String> = ["note", "comment", "remark", "message", "instruction"]

    /// A web address whose parts that could be a key are gone.
    private static func address(_ text: String) -> String {
        let start = String(text.prefix { $0 != "?" })
        let parts: [Substring] = start.split(separator: "/", omittingEmptySubsequences: false)
        let path = parts.enumerated().map { position, part -> String in
            let isKey = position > 2 && part.count >= 12 && part.contains(where: \.isNumber)
            return isKey ? "example" : String(part)
        }.joined(separator: "/")
        let rest = text.dropFirst(start.count + 1)
        guard !rest.isEmpty else { return path }
        let pairs: [Substring] = rest.split(separator: "&")
        return path + "?" + pairs.map { "\($0.prefix { $0 != "=" })=example" }.joined(separator: "&")
    }

    // MARK: Numbers

    /// Another number in place of a real one, in the same writing; `nil` for what is no number.
    private mutating func phone(_ text: String, _ name: [String]) -> String? {
        guard !Set(name).isDisjoint(with: FieldReading.phones), text.count <= 40,
            text.count(where: \.isNumber) >= 7
        else { return nil }
        if let known = replaced[text] { return known }
        let digits = text.filter(\.isNumber).suffix(7)
        let person = phones[String(digits)] ?? phones.count
        phones[String(digits)] = person
        let new = Self.endings(of: person).lazy.map { Self.ending(text, $0) }.first { candidate in
            (try? PhoneNumber(candidate, country: country)) != nil
        }
        let invented = new ?? (text.hasPrefix("+") || !Words.isNumber(text) ? "+61491570006" : "61491570006")
        replaced[text] = invented
        return invented
    }

    /// Ends of numbers to try, other ones for each person.
    private static func endings(of person: Int) -> [String] {
        ["061237", "555010", "570006", "041236", "730519", "820461"].map { ending in
            let last = (Int(ending.suffix(1)) ?? 0) + person
            return ending.dropLast() + String(last % 10)
        }
    }

    /// A number with other digits at its end, everything else as it was written.
    private static func ending(_ text: String, _ digits: String) -> String {
        var rest = digits[...]
        return String(
            text.reversed().map { character in
                guard character.isNumber, let next = rest.popLast() else { return character }
                return next
            }.reversed()
        )
    }

    private static func replacing(_ texts: [(String, String)], in value: JSON) -> JSON {
        switch value {
        case .string(let text):
            return .string(texts.reduce(text) { $0.contains($1.0) ? $0.replacing($1.0, with: $1.1) : $0 })
        case .array(let elements): return .array(elements.map { replacing(texts, in: $0) })
        case .object(let members): return .object(members.mapValues { replacing(texts, in: $0) })
        case .null, .bool, .number: return value
        }
    }
}
