// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Finds the ISO 3166 code of two letters behind what somebody wrote for a country.
enum CountryCode {
    /// Reads a text.
    ///
    /// - Parameters:
    ///   - text: A code, a name, or a calling code with a plus.
    ///   - readsCallingCodes: `false` to leave those alone, and with them the numbering plans.
    /// - Returns: Two letters in upper case, which need not be a country with a numbering plan; `nil` for anything else.
    static func read(_ text: String, readsCallingCodes: Bool = true) -> String? {
        // Nearly always: a code as it should be.
        if text.utf8.count == 2, text.utf8.allSatisfy({ (65...90).contains($0) }), text != "UK", text != "EL" {
            return text
        }
        // Nothing that long is a country; folding it would cost.
        guard text.utf8.count <= 200 else { return nil }
        let key = CountryNames.folded(text)
        guard !key.isEmpty else { return nil }
        let called = readsCallingCodes ? calling(text) : nil
        return letters(key) ?? subdivision(text) ?? called ?? CountryNames.code(of: key)
    }

    private static func letters(_ key: String) -> String? {
        // The dots of `U.S.A.` have become spaces.
        let joined = key.filter { $0 != " " }
        guard joined.utf8.allSatisfy({ (97...122).contains($0) }) else { return nil }
        guard joined.count == key.count || key.split(separator: " ").allSatisfy({ $0.count == 1 }) else { return nil }
        if let alias = codeAliases[joined] { return alias }
        switch joined.count {
        case 2: return joined.uppercased()
        case 3: return alpha3(joined.uppercased())
        default: return nil
        }
    }

    /// ICU reads a region of three letters as the one of two.
    private static func alpha3(_ code: String) -> String? {
        guard let region = Locale(identifier: "en_\(code)").region?.identifier, region.utf8.count == 2 else {
            return nil
        }
        return region
    }

    /// `US-CA` of ISO 3166-2.
    private static func subdivision(_ text: String) -> String? {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0].utf8.count == 2, (1...3).contains(parts[1].utf8.count),
            parts[0].utf8.allSatisfy({ (65...90).contains($0) }),
            parts[1].utf8.allSatisfy({ (65...90).contains($0) || (48...57).contains($0) })
        else { return nil }
        return codeAliases[parts[0].lowercased()] ?? String(parts[0])
    }

    private static func calling(_ text: String) -> String? {
        let text = text.filter { !$0.isWhitespace }
        let digits = text.hasPrefix("+") ? text.dropFirst() : text.hasPrefix("00") ? text.dropFirst(2) : ""
        // `001` is the world's own number in many lists.
        guard (text.hasPrefix("+") ? 1...3 : 2...3).contains(digits.utf8.count),
            digits.utf8.allSatisfy({ (48...57).contains($0) }),
            let code = Country.code(ofInternational: String(digits))
        else { return nil }
        return code
    }

    /// Codes that people use and ISO 3166 does not give to these countries.
    ///
    /// - SeeAlso: [ISO 3166-1 reserved code elements](https://www.iso.org/obp/ui/) for UK; the European Commission
    ///   writes EL for Greece. UAE, KSA, ROK, PRC and the like are no codes of ISO 3166-1 alpha-3 and cannot clash.
    private static let codeAliases = [
        "uk": "GB", "el": "GR", "uae": "AE", "ksa": "SA", "rok": "KR", "prc": "CN", "rsa": "ZA", "drc": "CD",
        "ger": "DE", "eng": "GB",
    ]
}
