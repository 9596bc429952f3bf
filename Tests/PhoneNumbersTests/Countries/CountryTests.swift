// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import PhoneNumbers

/// A country as somebody writes it, and its code.
@Suite("Countries in words and codes")
struct CountryTests {
    @Test(
        "codes of two and three letters in any case, UK, subdivisions and calling codes are read",
        arguments: [
            ("IN", "IN"), ("in", "IN"), (" In ", "IN"), ("IND", "IN"), ("ind", "IN"), ("USA", "US"), ("U.S.A.", "US"),
            ("U.S.", "US"), ("US-CA", "US"), ("GB-ENG", "GB"), ("UK", "GB"), ("uk", "GB"), ("GBR", "GB"), ("EL", "GR"),
            ("UAE", "AE"), ("ARE", "AE"), ("DEU", "DE"), ("BRA", "BR"), ("ZAF", "ZA"), ("XK", "XK"), ("no", "NO"),
            ("+91", "IN"), ("+ 44", "GB"), ("0049", "DE"), ("+1", "US"),
        ]
    )
    func codes(text: String, code: String) {
        #expect(Country(text)?.code == code)
    }

    @Test(
        "names are read in English, as forms and ERPs write them",
        arguments: [
            ("India", "IN"), ("INDIA", "IN"), ("  united   states ", "US"), ("United States", "US"),
            ("United States of America", "US"), ("The United States", "US"), ("United States (US)", "US"),
            ("United Kingdom", "GB"), ("United Kingdom (UK)", "GB"), ("Great Britain", "GB"), ("England", "GB"),
            ("Scotland", "GB"), ("Ivory Coast", "CI"), ("Cote d'Ivoire", "CI"), ("Côte d’Ivoire", "CI"),
            ("Korea, Republic of", "KR"), ("South Korea", "KR"), ("Viet Nam", "VN"), ("Vietnam", "VN"),
            ("Russian Federation", "RU"), ("Iran, Islamic Republic of", "IR"), ("Türkiye", "TR"), ("Turkey", "TR"),
            ("Czech Republic", "CZ"), ("Czechia", "CZ"), ("Holland", "NL"), ("The Netherlands", "NL"),
            ("Hong Kong", "HK"), ("Macau", "MO"), ("Trinidad & Tobago", "TT"), ("Trinidad and Tobago", "TT"),
            ("Bosnia and Herzegovina", "BA"), ("Tanzania, United Republic of", "TZ"), ("Bharat", "IN"),
        ]
    )
    func english(text: String, code: String) {
        #expect(Country(text)?.code == code)
    }

    @Test(
        "names are read in the country's own languages and in those of many shops",
        arguments: [
            ("Deutschland", "DE"), ("DEUTSCHLAND", "DE"), ("Österreich", "AT"), ("Osterreich", "AT"), ("Schweiz", "CH"),
            ("Suisse", "CH"), ("Svizzera", "CH"), ("España", "ES"), ("Espana", "ES"), ("Brasil", "BR"),
            ("México", "MX"),
            ("भारत", "IN"), ("இந்தியா", "IN"), ("ভারত", "IN"), ("中国", "CN"), ("日本", "JP"), ("대한민국", "KR"),
            ("Україна", "UA"), ("Россия", "RU"), ("Ελλάδα", "GR"), ("ישראל", "IL"), ("الإمارات العربية المتحدة", "AE"),
            ("ประเทศไทย", "TH"), ("Việt Nam", "VN"), ("საქართველო", "GE"), ("Հայաստան", "AM"), ("Sverige", "SE"),
            ("Magyarország", "HU"), ("Vereinigtes Königreich", "GB"), ("États-Unis", "US"),
            ("Vereinigte Staaten", "US"),
            ("Royaume-Uni", "GB"), ("Niederlande", "NL"), ("Estados Unidos", "US"), ("Reino Unido", "GB"),
        ]
    )
    func otherLanguages(text: String, code: String) {
        #expect(Country(text)?.code == code)
    }

    @Test(
        "what is no country, or could be two, is none",
        arguments: [
            "", " ", "-", "XX", "ZZ", "QQ", "Narnia", "Korea", "Congo", "356", "91", "104", "false", "null", "Mumbai",
            "India, China", "+999", "001", "USB", String(repeating: "India", count: 1_000),
        ]
    )
    func nothing(text: String) {
        #expect(Country(text) == nil)
    }

    @Test("every country with a numbering plan is read by its code, and by its English name where it has one")
    func everyCountry() throws {
        let plans = try PlanCollection(NumberingPlansTests.whole[...])
        let regions = plans.regions.filter { $0 != "001" }
        #expect(regions.count >= 240)
        #expect(regions.filter { Country($0)?.code != $0 } == [])
    }

    @Test("many tasks at once find the same country")
    func concurrency() async {
        let codes = await withTaskGroup { group in
            for _ in 0..<64 { group.addTask { Country("Österreich")?.code } }
            return await group.reduce(into: Set<String?>()) { $0.insert($1) }
        }
        #expect(codes == ["AT"])
    }
}
