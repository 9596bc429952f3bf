// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import AdminAPI
internal import Events
internal import Outbox

// The box at the top: whatever is typed leads to what it names.

extension Screens {
    static let search = Screen(path: PathPattern("search"), scope: .read, tab: .messages, template: "messages") {
        visit in
        .elsewhere(try await place(of: visit.query["q"] ?? "", visit))
    }

    /// Where a text leads: an id to its page; a number, a key, a rule or a partner's id to a list, the first of them that has
    /// something.
    private static func place(of text: String, _ visit: Visit) async throws -> String {
        let words = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        guard !words.isEmpty else { return "messages" }
        for (prefix, place) in [("msg_", "messages"), ("evt_", "events"), ("job_", "jobs")]
        where words.hasPrefix(prefix) {
            return "\(place)/\(Visit.segment(words))"
        }
        for (name, country) in try await guesses(words, visit) {
            var query: [(String, String?)] = [(name, words)]
            if let country { query.append(("country", country)) }
            guard try await hasMessages(query, visit) else { continue }
            return list(query)
        }
        if try await isTemplate(words, visit) { return templatePlace(words, nil) }
        return list([(words.contains("wamid.") ? "partner_id" : looksLikeNumber(words) ? "to" : "key", words)])
    }

    /// What the text may be, the likeliest first, with the countries of the senders for a number without a country's code.
    private static func guesses(_ words: String, _ visit: Visit) async throws -> [(String, String?)] {
        var guesses: [(String, String?)] = []
        let sources = try await visit.get("/sources")["data"]?.array ?? []
        if looksLikeNumber(words) {
            let countries = Set(sources.compactMap { $0["country"]?.string }).sorted()
            guesses = [("to", nil)] + countries.map { ("to", $0) }
        }
        // Each look is along an index, also where there is nothing.
        guesses += [("key", nil), ("rule", nil)]
        if words.hasPrefix("wamid.") { guesses.append(("partner_id", nil)) }
        if sources.contains(where: { $0["name"]?.string == words }) { guesses.append(("source", nil)) }
        return guesses
    }

    /// Whether the first account has a template of that name; where the partner told none yet, nobody knows of one.
    private static func isTemplate(_ words: String, _ visit: Visit) async throws -> Bool {
        do throws(APIProblem) {
            return try await visit.find("/templates/\(Visit.segment(words))") != nil
        } catch {
            guard error.kind == .unavailable else { throw error }
            return false
        }
    }

    private static func looksLikeNumber(_ words: String) -> Bool {
        words.filter(\.isNumber).count >= 6
            && words.allSatisfy { $0.isNumber || " +-().\u{202A}\u{202C}/".contains($0) }
    }

    /// Whether a list has something; a number that is none has nothing.
    private static func hasMessages(_ query: [(String, String?)], _ visit: Visit) async throws -> Bool {
        do throws(APIProblem) {
            return try await visit.get("/messages", query + [("limit", "1")])["data"]?.array?.isEmpty == false
        } catch {
            guard error.kind == .badValue else { throw error }
            return false
        }
    }

    private static func list(_ query: [(String, String?)]) -> String { "messages?" + Listing.query(query) }
}
