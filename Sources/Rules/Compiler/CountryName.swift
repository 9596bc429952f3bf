// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import CheckedYAML
import Events
import Foundation
import PhoneNumbers

/// Countries as rule files, their tests and the configuration state them: everywhere in the forms that `Country` reads.
package enum CountryName {
    /// Finds a country that nobody knows.
    ///
    /// - Parameters:
    ///   - node: The text that states it.
    ///   - id: What such a finding is where it stands.
    /// - Returns: A finding that says what was probably meant; `nil` for a country, and for what is no text.
    package static func mistake(in node: YAMLNode, _ id: DiagnosticID) -> Diagnostic? {
        guard let text = node.text, Country(text) == nil else { return nil }
        let message = "found \(node.found); expected a country, such as 'IN' or 'India'"
        return Diagnostic(id, at: node.location, message, hint: hint(text))
    }

    /// What was probably meant by a text that is no country.
    private static func hint(_ text: String) -> String? {
        let text = text.trimmingCharacters(in: .whitespaces)
        if !text.isEmpty, text.utf8.allSatisfy({ (48...57).contains($0) }) {
            // Bare digits are no country: some are the calling code of one and the ISO number of another.
            guard let country = Country("+" + text) else { return nil }
            return "write '\(country.code)', or '+\(text)' for the calling code"
        }
        guard text.count > 2, let name = NearMiss.nearest(to: text, among: codes.keys), let code = codes[name] else {
            return nil
        }
        return "did you mean '\(code)', \(name)?"
    }

    /// The countries that have phone numbers, by their English names.
    private static let codes: [String: String] = {
        let english = Locale(identifier: "en")
        let named = Locale.Region.isoRegions.compactMap { region -> (String, String)? in
            guard let country = Country(region.identifier), country.code == region.identifier else { return nil }
            return english.localizedString(forRegionCode: country.code).map { ($0, country.code) }
        }
        return Dictionary(named) { first, _ in first }
    }()
}
