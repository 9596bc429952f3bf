// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// The country that a recipient's number was read in, and who said so.
package struct CountryUse: Hashable, Sendable {
    /// Who states a country, by precedence; the raw values are what `explain --json` says.
    package enum Origin: String, Hashable, Sendable {
        /// The number itself, with `+` or an exit code.
        case number
        /// The event, at `to.country`.
        case event
        /// The rule, at `to.country`.
        case rule
        /// The file's `defaults`.
        case defaults
        /// The source's configuration or preset.
        case source
    }

    /// The ISO 3166 code; `nil` for a country that is stated and unknown.
    package let code: String?
    /// Who stated it.
    package let origin: Origin
    /// How it is stated, where that is not the code itself.
    package let written: String?

    init(code: String?, origin: Origin, written: String? = nil) {
        self.code = code
        self.origin = origin
        self.written = written == code ? nil : written
    }

    /// Such as `read in US, which the event states as 'United States'`.
    package var sentence: String {
        switch (origin, code) {
        case (.number, let code): "an international number\(code.map { " of \($0)" } ?? "")"
        case (_, let code?): "read in \(code), \(statement)"
        case (_, nil): "read without a country: \(claim), which nobody knows"
        }
    }

    /// What was stated that nobody knows, such as `the event states 'Narnia'`.
    var claim: String {
        let what = "'\(written ?? "")'"
        return switch origin {
        case .number: "the number has \(what)"
        case .event: "the event states \(what)"
        case .rule: "the rule states \(what)"
        case .defaults: "the file's defaults state \(what)"
        case .source: "the source has \(what)"
        }
    }

    /// Who stated it, and how.
    var statement: String {
        let how = written.map { " as '\($0)'" } ?? ""
        return switch origin {
        case .number: "of the number itself"
        case .event: "which the event states\(how)"
        case .rule: "which the rule states\(how)"
        case .defaults: "which the file's defaults state\(how)"
        case .source: "which is the source's\(how)"
        }
    }
}
