// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// What the words round a gap, its name and its example say that it asks for.
struct GapReading: Sendable {
    /// How surely it asks for what, from 0 to about 12; what is not there is not asked for.
    private(set) var scores: [Meaning: Double] = [:]
    /// What it is about: `order`, `invoice`, `due`.
    private(set) var subjects: Set<String>
    /// Whether a currency stands beside it in the template, so that the amount must not bring its own.
    let hasCurrencySign: Bool
    /// Whether it asks for an id by that word.
    let asksForID: Bool
    /// How the gap addresses its reader: `hi`, `dear`, or not at all.
    let greeting: String?

    /// Reads a gap.
    ///
    /// - Parameter gap: The gap.
    init(_ gap: TemplateGap) {
        let before = Self.sentence(Words.ofText(gap.before.suffix(200)))
        let after = Words.ofText(gap.after.prefix(60))
        let sign = gap.before.last { !$0.isWhitespace }.map(Words.currencySigns.contains) ?? false
        hasCurrencySign = sign || Self.currencies.contains(before.last ?? "")
        greeting = before.last.flatMap { Self.greetings.contains($0) ? $0 : nil }
        asksForID = before.suffix(3).contains("id")
        subjects = Set((before.suffix(8) + after.prefix(4)).filter { $0.count > 1 && !Self.fillers.contains($0) })
        for (word, others) in Self.alike where subjects.contains(word) { subjects.formUnion(others) }
        read(gap, before, after)
        if hasCurrencySign { raise(.money, 12) }
        if let name = gap.chosenName { readName(Words.ofName(name)) }
        if let example = gap.example { readExample(example) }
        if scores.isEmpty { scores = [.text: 3, .number: 2] }
    }

    /// The meaning that it asks for most surely.
    var best: Meaning { scores.max { ($0.value, $1.key.rawValue) < ($1.value, $0.key.rawValue) }?.key ?? .text }

    private mutating func raise(_ meaning: Meaning, _ score: Double) {
        scores[meaning] = max(scores[meaning] ?? 0, score)
    }

    private mutating func read(_ gap: TemplateGap, _ before: [String], _ after: [String]) {
        switch gap.place {
        case .body, .header: readWords(before, after)
        case .media("image"), .media("video"): raise(.picture, 10)
        case .media: raise(.document, 10)
        case .location: break
        case .code: raise(.code, 10)
        case .address(_, let prefix):
            raise(.link, 10)
            raise(.number, 5)
            subjects.formUnion(Words.ofText(prefix.split(separator: "/").dropFirst(2).joined(separator: " ")))
        }
    }

    private mutating func readWords(_ before: [String], _ after: [String]) {
        var words = before
        if after.first == ")", words.last == "(" { words.removeLast() }
        // `order □: {{3}}`: what is in it, or why.
        if words.last == ":", words.dropLast().last == TemplateGap.hole {
            let isTrouble = !Self.troubles.isDisjoint(with: before)
            raise(isTrouble ? .reason : .items, 7)
            for meaning in [Meaning.link, .text] { raise(meaning, 4) }
            if !Self.sums.isDisjoint(with: before) { raise(.money, 8) }
        }
        if words.last == ":", !Self.looks.isDisjoint(with: before) { raise(.link, 11) }
        if words.last == ",", let end = after.first ?? gapEnd(after), end == "!" || end == "." { raise(.person, 6) }
        while let last = words.last, Self.connectors.contains(last) { words.removeLast() }
        if let last = words.last {
            for (meaning, score) in Self.pairs[words.suffix(2).joined(separator: " ")] ?? [:] { raise(meaning, score) }
            for (meaning, score) in Self.single[last] ?? [:] { raise(meaning, score) }
        }
        for (meaning, score) in Self.following[after.first { $0 != "," } ?? ""] ?? [:] { raise(meaning, score) }
    }

    private func gapEnd(_ after: [String]) -> String? { after.isEmpty ? "." : nil }

    private mutating func readName(_ words: [String]) {
        subjects.formUnion(words)
        for (position, word) in words.enumerated() {
            let isLast = position == words.count - 1
            for (meaning, score) in Self.names[word] ?? [:] { raise(meaning, isLast ? score : score - 3) }
        }
    }

    private mutating func readExample(_ text: String) {
        let trimmed = text.drop { Words.currencySigns.contains($0) || $0.isWhitespace }
        if Words.isAddress(text) { raise(.link, 8) }
        if Words.isDate(text) { raise(.date, 8) }
        if trimmed.count < text.count, trimmed.first?.isNumber == true { raise(.money, 8) }
        if !Self.months.isDisjoint(with: Words.ofText(text)) { raise(.date, 6) }
    }

    /// The words since the last sentence's end.
    private static func sentence(_ words: [String]) -> [String] {
        let end = words.lastIndex { $0 == "." || $0 == "!" || $0 == "?" }
        return end.map { Array(words[words.index(after: $0)...]) } ?? words
    }
}

// MARK: The words

extension GapReading {
    /// In front of a name, in the languages of many templates.
    static let greetings: Set<String> = [
        "hi", "hello", "dear", "hey", "hola", "olá", "ola", "hallo", "bonjour", "ciao", "namaste", "नमस्ते", "morning",
        "evening", "salut", "prezado", "estimado", "liebe", "lieber",
    ]
    private static let currencies: Set<String> = ["rs", "inr", "usd", "eur", "gbp", "aed", "rm", "r"]
    private static let months: Set<String> = [
        "january", "february", "march", "april", "june", "july", "august", "september", "october", "november",
        "december",
    ]
    /// What says that something went wrong, so that what follows is the reason.
    private static let troubles: Set<String> = ["cancelled", "canceled", "failed", "because", "refused", "rejected"]
    /// What says that an amount follows.
    private static let sums: Set<String> = ["open", "balance", "total", "amount"]
    /// What says that an address follows.
    private static let looks: Set<String> = ["view", "see", "track", "follow", "pay", "read", "download"]
    /// Words for what fields call otherwise.
    private static let alike: [String: Set<String>] = [
        "overdue": ["due"], "open": ["due", "balance"], "received": ["payment", "paid"], "refunded": ["refund"],
        "credited": ["credit"], "cart": ["checkout"], "deliver": ["delivery"], "shipped": ["shipment"],
        "valid": ["till"],
    ]
    /// Between the word that counts and the gap.
    private static let connectors: Set<String> = [
        ":", "(", ",", "#", "is", "are", "was", "the", "your", "our", "a", "and",
    ]
    /// Says nothing of what a gap is about.
    private static let fillers: Set<String> = [
        "is", "are", "was", "the", "your", "our", "you", "we", "have", "has", "for", "of", "to", "it", "its", "this",
        "with", "and", "on", "in", "at", "hi", "hello", "dear", "thank", "please", "here", "by", "us", "be", "an",
    ]

    /// By the word in front.
    private static let single: [String: [Meaning: Double]] = {
        var table: [String: [Meaning: Double]] = [
            "of": [.money: 5, .text: 3], "over": [.money: 7], "for": [.text: 5, .number: 4, .money: 3, .items: 3],
            "on": [.date: 7, .text: 3], "until": [.date: 9], "since": [.date: 9], "till": [.date: 9],
            "before": [.date: 6], "by": [.carrier: 4, .person: 4, .date: 4], "at": [.date: 4], "from": [.text: 3],
            "with": [.carrier: 7, .text: 3], "via": [.carrier: 6, .text: 4], "through": [.text: 5, .carrier: 3],
            "now": [.status: 9], "back": [.phone: 5], "call": [.phone: 6], "new": [.link: 4], "out": [.items: 6],
            "here": [.link: 9], "open": [.money: 6], "due": [.money: 4, .date: 5], "cart": [.items: 6],
            "trial": [.text: 5], "still": [.money: 3],
        ]
        for word in greetings { table[word] = [.person: 12] }
        for (word, score) in names { table[word, default: [:]].merge(score) { max($0, $1) } }
        for word in ["received", "paid", "refunded", "credited", "collect", "charged", "worth", "cost"] {
            table[word] = [.money: 8]
        }
        for word in ["see", "view", "track", "follow", "visit"] { table[word] = [.link: 6] }
        for word in ["workflow", "release", "alert", "plan", "subscription"] { table[word] = [.text: 7, .number: 5] }
        return table
    }()

    /// By the last two words in front.
    private static let pairs: [String: [Meaning: Double]] = [
        "payment of": [.money: 9], "refund of": [.money: 9], "amount of": [.money: 9], "total of": [.money: 9],
        "trial of": [.text: 8], "way with": [.carrier: 9], "delivered by": [.carrier: 7], "shipped by": [.carrier: 7],
        "shipped with": [.carrier: 9], "left with": [.carrier: 9], "delivery with": [.carrier: 9],
        "due on": [.date: 10], "end on": [.date: 10], "deliver on": [.date: 10], "arrive on": [.date: 10],
        "arrive by": [.date: 9], "expected on": [.date: 10], "call back": [.phone: 9], "began at": [.date: 10],
        "ended at": [.date: 10], "see it": [.link: 8], "follow it": [.link: 8], "enquiry of": [.person: 8],
        "link for": [.text: 8], "payment id": [.number: 10], "refund id": [.number: 10], "pay here": [.link: 10],
        "started by": [.person: 8], "failed on": [.text: 7], "still here": [.items: 12],
    ]

    /// By the word behind.
    private static let following: [String: [Meaning: Double]] = [
        "of": [.money: 6], "article": [.count: 9], "item": [.count: 9], "piece": [.count: 9], "product": [.count: 9],
        "day": [.count: 8], "rupee": [.money: 9], "euro": [.money: 9], "dollar": [.money: 9], "inr": [.money: 9],
    ]

    /// By a word of the gap's own name.
    private static let names: [String: [Meaning: Double]] = [
        "name": [.person: 9], "customer": [.person: 9], "firstname": [.person: 9], "client": [.person: 8],
        "buyer": [.person: 8], "total": [.money: 9], "amount": [.money: 9], "price": [.money: 8],
        "balance": [.money: 8], "sum": [.money: 8], "date": [.date: 9], "day": [.date: 6], "time": [.date: 7],
        "eta": [.date: 8], "expiry": [.date: 7], "url": [.link: 10], "link": [.link: 9], "website": [.link: 7],
        "item": [.items: 9],
        "product": [.items: 7, .text: 6], "article": [.items: 8], "number": [.number: 9], "id": [.number: 9],
        "reference": [.number: 9], "ref": [.number: 9], "no": [.number: 8], "order": [.number: 9],
        "invoice": [.number: 9], "receipt": [.number: 8], "quotation": [.number: 9], "estimate": [.number: 9],
        "booking": [.number: 8], "ticket": [.number: 8], "bill": [.number: 8], "shipment": [.number: 7],
        "payment": [.number: 6, .money: 5], "refund": [.number: 6, .money: 5], "carrier": [.carrier: 10],
        "courier": [.carrier: 10], "tracking": [.tracking: 9], "awb": [.tracking: 10],
        "consignment": [.tracking: 9, .number: 5], "status": [.status: 10], "state": [.status: 8],
        "severity": [.status: 8], "reason": [.reason: 10], "because": [.reason: 10], "phone": [.phone: 10],
        "mobile": [.phone: 10], "email": [.email: 10], "mail": [.email: 7], "code": [.code: 9], "coupon": [.code: 10],
        "otp": [.code: 10], "quantity": [.count: 9], "count": [.count: 9], "description": [.text: 9],
        "title": [.text: 8], "method": [.text: 8], "summary": [.text: 9],
    ]
}
