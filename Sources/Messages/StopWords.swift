// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// The words by which recipients say that they want no more messages, or want them again.
///
/// A message counts only as a whole: "stop the delivery at 5" stops nothing. What it says is compared without case,
/// punctuation, emoji, signs that one does not see, and marks of direction. Words that look meant and are none of these
/// are doubtful, for a person to look at.
package struct StopWords: Hashable, Sendable {
    /// What a message says.
    package enum Meaning: Hashable, Sendable {
        /// No more messages.
        case stop
        /// No more advertising.
        case stopMarketing
        /// Messages again.
        case start
        /// Yes: messages again, where there is a STOP to take back, and nothing else.
        case yes
        /// Perhaps a STOP: a person should look.
        case doubtful
    }

    private let meanings: [String: Meaning]
    private let stops: Set<String>

    /// The words of a configuration.
    ///
    /// - Parameters:
    ///   - stop: More words that stop everything.
    ///   - marketing: More words that stop advertising.
    ///   - start: More words that start again.
    ///   - without: Words that mean nothing here.
    package init(stop: [String] = [], marketing: [String] = [], start: [String] = [], without: [String] = []) {
        var meanings: [String: Meaning] = [:]
        let lists: [(Meaning, [String])] = [
            (.yes, Self.yes), (.start, Self.starts + start), (.stopMarketing, Self.marketing + marketing),
            (.stop, Self.stops + stop),
        ]
        for (meaning, words) in lists { for word in words { meanings[Self.plain(word)] = meaning } }
        for word in without { meanings[Self.plain(word)] = nil }
        meanings[""] = nil
        self.meanings = meanings
        stops = Set(meanings.filter { $0.value == .stop }.map(\.key))
    }

    /// The words that Hookline comes with.
    package static let standard = StopWords()

    /// What a message says; `nil` for what is about something else.
    package func meaning(of text: String) -> Meaning? {
        // Nobody writes that long to say stop, and it costs nothing to read a novel so.
        guard text.utf8.count <= 2_000 else { return nil }
        let plain = Self.plain(text)
        return meanings[plain] ?? (isDoubtful(plain) ? .doubtful : nil)
    }

    // MARK: Comparing

    /// A text as it is compared: compatible forms made one, lower case, and nothing but words with one space between.
    static func plain(_ text: String) -> String {
        let folded = text.precomposedStringWithCompatibilityMapping.lowercased().replacing("ß", with: "ss")
        var words: [String] = []
        var word = String.UnicodeScalarView()
        for scalar in folded.unicodeScalars {
            switch scalar.properties.generalCategory {
            // Signs that one does not see, among them those that join or turn letters; the dot that a capital İ leaves.
            case .format: continue
            case _ where scalar == "\u{307}" || (0xFE00...0xFE0F).contains(scalar.value): continue
            case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .nonspacingMark,
                .spacingMark, .decimalNumber, .letterNumber, .otherNumber:
                word.append(scalar)
            default:
                if !word.isEmpty { words.append(String(word)) }
                word = String.UnicodeScalarView()
            }
        }
        if !word.isEmpty { words.append(String(word)) }
        return words.joined(separator: " ")
    }

    // MARK: Doubts

    /// How many words a message has at most that may be meant as a STOP.
    private static let mostWords = 12
    /// What people name who mean messages.
    private static let messageWords: Set<String> = [
        "message", "messages", "messaging", "msg", "msgs", "texting", "text", "texts", "whatsapp", "spam", "sms",
        "promotions", "marketing", "nachrichten", "mensajes", "mensagens", "messaggi", "berichten",
    ]
    /// What says nothing in front of a STOP.
    private static let fillers: Set<String> = [
        "ok", "okay", "please", "pls", "plz", "just", "now", "yes", "bitte", "por", "favor",
    ]
    private static let negations: Set<String> = ["not", "dont", "don", "never", "nicht", "no", "non", "ne", "pas"]

    private func isDoubtful(_ plain: String) -> Bool {
        let words = plain.split(separator: " ").map(String.init)
        guard !words.isEmpty, words.count <= Self.mostWords else { return false }
        if words.count == 1 { return isMisspelt(words[0]) }
        guard let place = words.firstIndex(where: { stops.contains($0) || isMisspelt($0) }) else { return false }
        let before = words.prefix(place)
        guard !before.contains(where: Self.negations.contains) else { return false }
        if words.contains(where: Self.messageWords.contains) { return true }
        return words.count <= 3 && before.allSatisfy(Self.fillers.contains)
    }

    /// Whether a word is nearly one that stops: with two letters swapped or one repeated, or a long one with two mistakes.
    private func isMisspelt(_ word: String) -> Bool {
        guard word.count >= 4 else { return false }
        return stops.contains { stop in
            guard stop.count >= 4, abs(stop.count - word.count) <= 4, stop != word else { return false }
            if Self.squeezed(word) == Self.squeezed(stop) || Self.isSwapped(word, stop) { return true }
            return stop.count >= 8 && Self.distance(Array(word), Array(stop)) <= 2
        }
    }

    private static func squeezed(_ word: String) -> String {
        word.reduce(into: "") { if $0.last != $1 { $0.append($1) } }
    }

    private static func isSwapped(_ word: String, _ stop: String) -> Bool {
        let (letters, expected) = (Array(word), Array(stop))
        guard letters.count == expected.count else { return false }
        let places = letters.indices.filter { letters[$0] != expected[$0] }
        guard places.count == 2, places[1] == places[0] + 1 else { return false }
        return letters[places[0]] == expected[places[1]] && letters[places[1]] == expected[places[0]]
    }

    private static func distance(_ left: [Character], _ right: [Character]) -> Int {
        var row = Array(0...right.count)
        for (index, letter) in left.enumerated() {
            var diagonal = row[0]
            row[0] = index + 1
            for place in right.indices {
                let cost = diagonal + (letter == right[place] ? 0 : 1)
                diagonal = row[place + 1]
                row[place + 1] = min(cost, row[place] + 1, diagonal + 1)
            }
        }
        return row[right.count]
    }
}
