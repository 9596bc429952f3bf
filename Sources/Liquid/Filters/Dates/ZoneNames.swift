// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events
internal import Foundation

/// Names of time zones that people write and that the time zone database does not have.
enum ZoneNames {
    /// Cities that give no zone its name, with the zone that they are in.
    ///
    /// The database names a zone after its largest city, in the spelling of the year in which it was named.
    ///
    /// - SeeAlso: [Theory and pragmatics of the tz code and data](https://data.iana.org/time-zones/theory.html)
    private static let cities: [String: String] = {
        let zones = [
            "Asia/Kolkata": "bombay mumbai delhi newdelhi bangalore bengaluru chennai madras hyderabad pune india",
            "Asia/Shanghai": "beijing peking shenzhen guangzhou china", "Asia/Karachi": "islamabad lahore pakistan",
            "Asia/Dubai": "abudhabi sharjah uae", "Asia/Riyadh": "jeddah mecca", "Asia/Dhaka": "chittagong bangladesh",
            "Asia/Ho_Chi_Minh": "hanoi vietnam", "Africa/Lagos": "abuja nigeria", "Africa/Nairobi": "mombasa kenya",
            "Africa/Johannesburg": "capetown durban pretoria", "America/Sao_Paulo": "brasilia riodejaneiro brazil",
            "America/New_York": "washington boston miami", "America/Los_Angeles": "sanfrancisco seattle",
            "Europe/Berlin": "munich hamburg frankfurt germany", "Europe/Madrid": "barcelona spain",
            "Europe/Rome": "milan italy", "Australia/Sydney": "canberra",
        ]
        let pairs = zones.flatMap { zone, cities in cities.split(separator: " ").map { (String($0), zone) } }
        return Dictionary(pairs) { first, _ in first }
    }()

    /// `; did you mean 'Asia/Kolkata'?`, or nothing when no zone is near.
    ///
    /// - Parameter name: What was written.
    /// - Returns: The hint.
    static func hint(for name: String) -> String {
        let city = name.split(separator: "/").last.map(String.init) ?? name
        let letters = city.lowercased().filter(\.isLetter)
        if let zone = cities[letters] { return "; did you mean '\(zone)'?" }
        let zones = TimeZone.knownTimeZoneIdentifiers
        if let zone = zones.first(where: { $0.lowercased().hasSuffix("/" + city.lowercased()) }) {
            return "; did you mean '\(zone)'?"
        }
        return NearMiss.hint(for: name, among: zones)
    }
}
