// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events

/// What a field of a payload can be, by its name, its place and its value.
struct FieldReading: Sendable {
    /// How surely it is what, from 0 to 10; what is not there it is not.
    private(set) var strengths: [Meaning: Double] = [:]

    /// Reads a field.
    ///
    /// - Parameters:
    ///   - field: The field.
    ///   - fields: All fields, for what stands beside it.
    init(_ field: PayloadField, among fields: PayloadFields) {
        switch field.value.kind {
        case .array: readList(field)
        case .number: readNumber(field, fields)
        case .string, .escapedString:
            guard let text = field.text, !text.allSatisfy(\.isWhitespace) else { return }
            if Words.isNumber(text) { readNumber(field, fields) }
            readText(text, field)
        case .null, .true, .false, .object: break
        }
        if field.isBelow(Self.strangers) || field.isNamed(Self.strangers) { strengths[.person] = nil }
    }

    private mutating func raise(_ meaning: Meaning, _ strength: Double) {
        strengths[meaning] = max(strengths[meaning] ?? 0, strength)
    }

    // MARK: Lists

    private mutating func readList(_ field: PayloadField) {
        guard let first = field.value[0] else { return }
        let isNamedSo = field.isNamed(Self.articles)
        switch first.kind {
        case .object where ListForm(first) != nil:
            raise(.items, isNamedSo ? 10 : 5)
            raise(.count, isNamedSo ? 6 : 3)
        case .string, .escapedString: raise(.items, isNamedSo ? 6 : 3)
        default: break
        }
    }

    // MARK: Numbers

    private mutating func readNumber(_ field: PayloadField, _ fields: PayloadFields) {
        guard let last = field.words.last, let text = field.text else { return }
        if let strength = Self.amounts.first(where: { field.words.contains($0.key) })?.strength,
            !field.isNamed(Self.ids)
        {
            let isPart =
                field.isNamed(Self.parts) && !(field.isNamed(["total"]) && field.isNamed(["inc", "incl", "grand"]))
            raise(.money, isPart ? 3 : strength)
        } else if ["value", "in", "from"].contains(last),
            fields.siblings(of: field).contains(where: { $0.isNamed(["currency"]) })
        {
            raise(.money, 8)
        }
        if field.isNamed(["number", "no", "num", "reference", "ref", "receipt"]) { raise(.number, 9) }
        if field.isNamed(Self.ids), !field.isNamed(Self.foreignIDs) { raise(.number, 6) }
        if field.isNamed(["quantity", "qty", "count", "left", "stock"]) { raise(.count, 7) }
        let digits = text.count
        if field.isNamed(Self.times), !text.contains("."), digits == 10 || digits == 13, text.hasPrefix("1") {
            raise(.date, field.isNamed(Self.ownTimes) ? 3 : 8)
        }
    }

    // MARK: Texts

    private mutating func readText(_ text: String, _ field: PayloadField) {
        if Words.isAddress(text) { return readAddress(text, field) }
        if Words.isDate(text) {
            return raise(.date, field.isNamed(Self.ownTimes) ? 3 : field.isNamed(Self.plannedTimes) ? 9 : 7)
        }
        if text.contains("@"), !text.contains(" ") { return raise(.email, 9) }
        readPerson(text, field)
        readReference(text, field)
        if field.isNamed(["carrier", "courier", "transporter", "shipper"]) { raise(.carrier, 9) }
        if field.isNamed(["company"]), field.isNamed(["tracking", "shipping", "carrier"]) { raise(.carrier, 9) }
        if field.isNamed(["tracking", "awb", "consignment", "waybill", "lr"]), text.count <= 40 { raise(.tracking, 9) }
        if field.isNamed(["status", "state", "severity"]), text.count <= 60 { raise(.status, 9) }
        if field.isNamed(["reason", "cause"]) { raise(.reason, 9) }
        if field.isNamed(["error", "failure"]), field.isNamed(["description", "message", "code"]) {
            raise(.reason, 8)
        }
        if field.isNamed(Self.phones) { raise(.phone, 9) }
        if field.isNamed(["coupon", "otp", "voucher", "code", "token"]), text.count <= 20 { raise(.code, 8) }
        if !Words.isNumber(text) { raise(.text, field.isNamed(Self.texts) ? 8 : 2) }
    }

    private mutating func readAddress(_ text: String, _ field: PayloadField) {
        let end = text.lowercased().prefix { $0 != "?" }
        if [".png", ".jpg", ".jpeg", ".webp"].contains(where: end.hasSuffix) || field.isNamed(Self.pictures) {
            raise(.link, 3)
            return raise(.picture, 9)
        }
        if end.hasSuffix(".pdf") || field.isNamed(["pdf", "document"]) { raise(.document, 9) }
        raise(.link, field.isNamed(["api", "self", "webhook", "callback", "href", "avatar", "icon"]) ? 3 : 8)
        if field.isNamed(["status", "public", "hosted", "short", "tracking", "checkout", "html", "pay", "payment"]) {
            raise(.link, 9)
        }
    }

    private mutating func readPerson(_ text: String, _ field: PayloadField) {
        let isNumberless = !text.contains { $0.isNumber || "_/#{}".contains($0) }
        guard isNumberless, text.count <= 60, let last = field.words.last else { return }
        let isSomebodys = field.isBelow(Self.people) || field.isNamed(Self.people)
        if field.isNamed(["first", "given", "forename", "firstname"]) {
            raise(.person, field.isInList ? 6 : 10)
        } else if last == "fullname" || field.words.suffix(2) == ["full", "name"] || (last == "name" && isSomebodys) {
            raise(.person, field.isInList ? 6 : 9)
        } else if ["display", "name"].contains(last), isSomebodys {
            raise(.person, 8)
        } else if ["surname", "lastname"].contains(last) || field.words.suffix(2) == ["last", "name"] {
            raise(.person, 3)
        } else if ["login", "user", "username"].contains(last) {
            raise(.person, 4)
        }
    }

    private mutating func readReference(_ text: String, _ field: PayloadField) {
        guard text.count <= 40, !text.contains(" "), let last = field.words.last else { return }
        let isMachine = text.count > 24
        if ["number", "no", "num", "reference", "ref", "receipt"].contains(last) {
            raise(.number, isMachine ? 6 : 9)
        } else if last == "name", text.contains(where: \.isNumber) {
            raise(.number, 9)
        } else if field.isNamed(Self.ids), !field.isNamed(Self.foreignIDs) {
            raise(.number, isMachine ? 4 : 6)
        } else if Self.documents.contains(last), text.contains(where: \.isNumber) {
            raise(.number, 8)
        }
    }
}

// MARK: The words

extension FieldReading {
    static let phones: Set<String> = [
        "phone", "mobile", "telephone", "tel", "whatsapp", "contact", "msisdn", "cell", "cellphone",
    ]
    /// Names below which stands who gets the message.
    static let people: Set<String> = [
        "customer", "billing", "shipping", "contact", "buyer", "payer", "recipient", "shopper", "lead", "person",
        "consumer", "client", "note", "destination", "party", "user", "address", "guest", "subscriber", "patient",
        "student",
    ]
    /// Names below which stands somebody else: the shop, the article.
    static let strangers: Set<String> = [
        "item", "product", "shop", "store", "merchant", "seller", "vendor", "company", "warehouse", "location", "app",
        "repository", "organization", "sender", "line", "variant",
    ]
    static let articles: Set<String> = ["item", "product", "article", "line", "book"]
    private static let ids: Set<String> = ["id", "uuid", "guid"]
    /// Ids of what a customer knows nothing of.
    private static let foreignIDs: Set<String> = [
        "user", "customer", "account", "event", "webhook", "app", "location", "store", "shop", "merchant", "contact",
        "admin", "product", "variant", "token", "api", "device", "session", "parent",
    ]
    /// Names of things that are known by their number.
    private static let documents: Set<String> = [
        "order", "invoice", "quotation", "estimate", "booking", "ticket", "bill",
    ]
    private static let amounts: [(key: String, strength: Double)] = [
        ("total", 9), ("amount", 9), ("amt", 9), ("balance", 8), ("outstanding", 8), ("due", 8), ("paid", 8),
        ("money", 8), ("price", 6), ("subtotal", 5), ("sum", 8), ("fee", 3), ("cost", 3),
    ]
    /// Amounts that are a part of what is paid.
    private static let parts: Set<String> = [
        "tax", "fee", "discount", "shipping", "tip", "subtotal", "sub", "cost", "weight", "margin", "gst", "vat",
        "cess", "line",
    ]
    private static let times: Set<String> = [
        "at", "on", "date", "time", "till", "until", "due", "start", "end", "created", "expiry", "expires", "by",
    ]
    /// When the sender wrote it, which no customer asks for.
    private static let ownTimes: Set<String> = [
        "created", "updated", "modified", "processed", "posting", "creation", "event", "timestamp", "occurred",
    ]
    /// When something is to be.
    private static let plannedTimes: Set<String> = [
        "due", "delivery", "till", "until", "expiry", "expires", "expected",
    ]
    private static let texts: Set<String> = [
        "description", "title", "purpose", "product", "plan", "nickname", "summary", "subject", "method", "name",
        "note",
    ]
    private static let pictures: Set<String> = ["image", "picture", "photo", "thumbnail"]
}

/// How the elements of a list read in one line: `{quantity}× {title}`.
struct ListForm: Sendable {
    /// What the filter `list` takes.
    let text: String

    /// A form for elements like one.
    ///
    /// - Parameter element: The first element; `nil` comes back where nothing of it is a title.
    init?(_ element: JSONNode) {
        let members = element.members.prefix(200)
        func key(_ names: [String], _ fits: (JSONNode) -> Bool) -> String? {
            for name in names {
                let found = members.first {
                    $0.key.lowercased() == name && PayloadField.isPlain($0.key) && fits($0.value)
                }
                if let found { return found.key }
            }
            return nil
        }
        let titles = ["title", "item_name", "product_name", "name", "product", "description", "item", "sku"]
        guard let title = key(titles, { $0.string.map { !$0.isEmpty } ?? false }) else { return nil }
        let counts = ["quantity", "qty", "qty_ordered", "count", "units"]
        let count = key(counts) { $0.number != nil || $0.string.map(Words.isNumber) ?? false }
        text = count.map { "{\($0)}× {\(title)}" } ?? "{\(title)}"
    }
}

extension PayloadField {
    /// Whether a key can stand without quotes.
    static func isPlain(_ key: String) -> Bool { PayloadFields.isPlain(key) }
}
