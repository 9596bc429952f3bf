// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The names of countries, in the languages that an event may state them in.
///
/// They are CLDR's, as Foundation carries them: in English, in the languages of each country, and in those that many
/// shops are run in. A name that means two countries means none, but English and the country's own language win.
enum CountryNames {
    /// The code of a country by its name.
    ///
    /// - Parameter key: A name as ``folded(_:)`` gives it.
    /// - Returns: Two letters in upper case; `nil` for a name that is nobody's, or of two countries.
    static func code(of key: String) -> String? {
        table[key] ?? (key.hasPrefix("the ") ? table[String(key.dropFirst(4))] : nil)
    }

    /// A name without what people write differently: case, accents, width, punctuation, spaces, invisible characters.
    static func folded(_ text: String) -> String {
        let plain = text.folding(options: [.caseInsensitive, .diacriticInsensitive, .widthInsensitive], locale: nil)
        var words = ""
        var endsWord = false
        for scalar in plain.unicodeScalars where !scalar.properties.isDefaultIgnorableCodePoint {
            // An apostrophe is in a word: `Côte d’Ivoire`, `Côte d'Ivoire`.
            if scalar == "'" || scalar == "\u{2019}" || scalar == "\u{02BC}" { continue }
            guard !isBetweenWords(scalar) else {
                endsWord = true
                continue
            }
            if endsWord, !words.isEmpty { words += " " }
            endsWord = false
            if scalar == "&" { words += "and" } else { words.unicodeScalars.append(scalar) }
        }
        return words.lowercased()
    }

    private static func isBetweenWords(_ scalar: Unicode.Scalar) -> Bool {
        guard scalar != "&" else { return false }
        switch scalar.properties.generalCategory {
        case .control, .format, .spaceSeparator, .lineSeparator, .paragraphSeparator, .dashPunctuation,
            .openPunctuation, .closePunctuation, .connectorPunctuation, .otherPunctuation, .initialPunctuation,
            .finalPunctuation, .mathSymbol:
            return true
        default: return false
        }
    }

    /// The languages of many shops, whose words for other countries are read too.
    private static let shopLanguages = [
        "ar", "bn", "cs", "da", "de", "el", "es", "fa", "fi", "fr", "he", "hi", "hu", "id", "it", "ja", "ko", "ms",
        "nb",
        "nl", "pl", "pt", "pt_PT", "ro", "ru", "sv", "th", "tr", "uk", "ur", "vi", "zh", "zh_Hant",
    ]

    /// Built when a name is first looked up, which takes some milliseconds.
    private static let table: [String: String] = {
        let regions = Locale.Region.isoRegions.map(\.identifier).filter { $0.utf8.count == 2 }
        var own = NameCollector()
        for region in regions { own.add(name(of: region, in: Locale(identifier: "en")), region) }
        for identifier in Locale.availableIdentifiers {
            let locale = Locale(identifier: identifier)
            guard let region = locale.region?.identifier, region.utf8.count == 2 else { continue }
            own.add(name(of: region, in: locale), region)
        }
        var others = NameCollector()
        for locale in shopLanguages.map(Locale.init(identifier:)) {
            for region in regions { others.add(name(of: region, in: locale), region) }
        }
        let all = others.unique.merging(own.unique) { $1 }.merging(CountryAliases.table) { $1 }
        return all.filter { !CountryAliases.ambiguous.contains($0.key) }
    }()

    private static func name(of region: String, in locale: Locale) -> String? {
        guard let name = locale.localizedString(forRegionCode: region), name != region else { return nil }
        return folded(name)
    }
}

/// Names with their countries, without those that two countries share.
private struct NameCollector {
    private var names: [String: String] = [:]
    private var shared: Set<String> = []

    var unique: [String: String] { names.filter { !shared.contains($0.key) } }

    mutating func add(_ name: String?, _ region: String) {
        guard let name, !name.isEmpty else { return }
        if let other = names.updateValue(region, forKey: name), other != region { shared.insert(name) }
    }
}
