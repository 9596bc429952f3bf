// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// Names of countries that CLDR does not use and that forms, ERPs and people do.
///
/// - SeeAlso: [ISO 3166-1](https://www.iso.org/obp/ui/), whose short names are the ones with a comma and a bracket.
enum CountryAliases {
    /// By folded name.
    static let table: [String: String] = {
        var table: [String: String] = [:]
        for (code, names) in names { for name in names { table[CountryNames.folded(name)] = code } }
        return table
    }()

    /// Names that people give to two countries, though CLDR has them for one in some language.
    static let ambiguous: Set<String> = ["congo", "korea", "virgin islands", "saint martin"]

    private static let names: [(String, [String])] = [
        ("AE", ["Emirates", "UAE (United Arab Emirates)"]),
        ("BA", ["Bosnia", "Bosnia-Herzegovina"]),
        ("BN", ["Brunei Darussalam"]),
        (
            "BO",
            ["Bolivia, Plurinational State of", "Bolivia (Plurinational State of)", "Plurinational State of Bolivia"]
        ),
        ("CC", ["Cocos Islands", "Cocos (Keeling) Islands (the)"]),
        (
            "CD",
            ["Congo, The Democratic Republic of the", "Democratic Republic of the Congo", "DR Congo", "Congo (DRC)"]
        ),
        ("CG", ["Congo, Republic of the", "Republic of the Congo", "Congo (Brazzaville)"]),
        ("CI", ["Ivory Coast"]),
        ("CN", ["中国", "中國", "中华人民共和国", "People's Republic of China", "Mainland China", "PR China"]),
        ("CV", ["Cabo Verde"]),
        ("CZ", ["Czech Republic"]),
        ("DE", ["Federal Republic of Germany"]),
        ("FK", ["Falkland Islands (Malvinas)", "Falkland Islands (the) [Malvinas]"]),
        ("FM", ["Micronesia, Federated States of", "Federated States of Micronesia"]),
        (
            "GB",
            [
                "Great Britain", "Britain", "United Kingdom of Great Britain and Northern Ireland",
                "United Kingdom (UK)",
                "England", "Scotland", "Wales", "Northern Ireland",
            ]
        ),
        ("GM", ["Gambia, The", "Republic of The Gambia"]),
        ("HK", ["Hong Kong", "Hong Kong SAR", "Hong Kong, China"]),
        ("IE", ["Republic of Ireland", "Éire"]),
        ("IN", ["Republic of India", "Bharat"]),
        ("IR", ["Iran, Islamic Republic of", "Iran (Islamic Republic of)", "Islamic Republic of Iran"]),
        (
            "KP",
            [
                "Korea, Democratic People's Republic of", "Korea (the Democratic People's Republic of)",
                "Democratic People's Republic of Korea",
            ]
        ),
        ("KR", ["Korea, Republic of", "Korea (the Republic of)", "Republic of Korea", "South Korea"]),
        ("LA", ["Lao People's Democratic Republic", "Lao PDR"]),
        ("MD", ["Moldova, Republic of", "Republic of Moldova"]),
        ("MF", ["Saint Martin (French part)"]),
        ("MK", ["Macedonia", "North Macedonia, Republic of", "Macedonia, the Former Yugoslav Republic of", "FYROM"]),
        ("MM", ["Myanmar", "Burma"]),
        ("MO", ["Macau", "Macao", "Macao SAR"]),
        ("NL", ["Holland", "Netherlands, The", "Kingdom of the Netherlands"]),
        ("PH", ["Philippines (the)", "Republic of the Philippines"]),
        ("PS", ["Palestine", "Palestine, State of", "State of Palestine", "Palestinian Territory, Occupied"]),
        ("RU", ["Russian Federation"]),
        ("SA", ["Kingdom of Saudi Arabia"]),
        ("SH", ["Saint Helena, Ascension and Tristan da Cunha"]),
        ("ST", ["Sao Tome and Principe"]),
        ("SX", ["Sint Maarten (Dutch part)"]),
        ("SY", ["Syrian Arab Republic"]),
        ("SZ", ["Swaziland"]),
        ("TH", ["ประเทศไทย"]),
        ("TL", ["East Timor"]),
        ("TR", ["Turkey", "Turkiye"]),
        ("TW", ["Taiwan, Province of China", "Taiwan (Province of China)", "Republic of China"]),
        ("TZ", ["Tanzania, United Republic of", "United Republic of Tanzania"]),
        (
            "US",
            [
                "United States of America", "United States (US)", "United States of America (the)", "America",
                "the States",
            ]
        ),
        ("VA", ["Holy See", "Holy See (Vatican City State)"]),
        ("VE", ["Venezuela, Bolivarian Republic of", "Venezuela (Bolivarian Republic of)"]),
        ("VG", ["Virgin Islands, British", "Virgin Islands (British)"]),
        ("VI", ["Virgin Islands, U.S.", "Virgin Islands (U.S.)", "US Virgin Islands"]),
        ("VN", ["Viet Nam"]),
    ]
}
