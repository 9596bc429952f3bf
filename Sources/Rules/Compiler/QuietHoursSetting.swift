// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CheckedYAML
import Events
import Messages
import PartnerAPI
import PhoneNumbers
import TimeZones

/// What a rule, or its file for all of its rules, says about when nothing is sent.
struct QuietHoursSetting: Hashable, Sendable {
    /// Zones that leave less of a day than this are not asked together: some message would never leave.
    static let leastOpen: Duration = .seconds(6 * 3_600)

    /// When quiet begins.
    let from: TimeOfDay
    /// When quiet ends; on the next day where it is not later than `from`.
    let to: TimeOfDay
    /// The time zone's name of today; `nil` for the recipient's.
    let zone: String?
    /// The zones of a recipient whose own nobody knows.
    let fallback: [String]
    /// Over how long what waited leaves.
    let spread: Duration
    /// Whether it stands in `defaults`: what says who somebody is, is not held by it.
    let isInherited: Bool

    /// The quiet hours of one recipient.
    ///
    /// - Parameters:
    ///   - recipient: Who it is.
    ///   - region: The country of its number, where it has one.
    /// - Returns: The hours, in the recipient's zones.
    func hours(of recipient: MessageRequest.Recipient, region: String?) -> QuietHours {
        QuietHours(
            from: from.minutes,
            to: to.minutes,
            zones: zone.map { [$0] } ?? region.flatMap(zones) ?? fallback,
            spread: spread,
            place: QuietHours.place(of: Fact.name(of: recipient))
        )
    }

    /// The zones of a region, any of which may be the recipient's; `nil` where the table has none, or too little of a day
    /// would be left.
    func zones(of region: String) -> [String]? {
        guard let known = ZoneDatabase.system.region(region), isOpenEnough(known) else { return nil }
        return known.zones
    }

    /// Whether enough of a day is left where it is quiet when it is quiet in any zone of the region.
    func isOpenEnough(_ region: ZoneDatabase.Region) -> Bool {
        region.offsets.allSatisfy { QuietHours.open(from: from.minutes, to: to.minutes, $0) >= Self.leastOpen }
    }
}

extension RuleFileCompiler {
    /// Compiles `quiet_hours` of a rule, else of the file's defaults.
    ///
    /// - Parameter node: The rule.
    /// - Returns: `nil` where there are none, or a mistake, which is reported.
    mutating func compileQuietHours(_ node: YAMLNode) -> QuietHoursSetting? {
        let own = node["quiet_hours"]
        guard let quiet = own ?? defaults?["quiet_hours"],
            let from = quiet["from"]?.text.flatMap(TimeOfDay.init), let to = quiet["to"]?.text.flatMap(TimeOfDay.init)
        else { return nil }
        // What is wrong in the defaults is said with the first rule.
        let isReported = own != nil || node.location == firstRule
        let setting = QuietHoursSetting(
            from: from,
            to: to,
            zone: zone(quiet["zone"], isReported),
            fallback: fallback(from, to),
            spread: quiet["spread"]?.text.flatMap(DurationText.parse) ?? .seconds(600),
            isInherited: own == nil
        )
        if isReported { check(setting, quiet) }
        return setting
    }

    /// The name that a zone has today.
    private mutating func zone(_ node: YAMLNode?, _ isReported: Bool) -> String? {
        guard let node, let name = node.text, name != "recipient", TextRule.timeZone.accepts(name) else { return nil }
        if let today = ZoneDatabase.system.canonicalName(of: name) { return today }
        if isReported {
            let message = "found the zone '\(name)', which this machine's time zone database does not have"
            let found = "\(message); expected one of 'timedatectl list-timezones'"
            diagnostics.append(Diagnostic(.invalidValue, at: node.location, found))
        }
        return name
    }

    /// The zones of recipients whose own nobody knows: that of the defaults, else those of their country.
    private func fallback(_ from: TimeOfDay, _ to: TimeOfDay) -> [String] {
        if let name = defaults?["zone"]?.text, let today = ZoneDatabase.system.canonicalName(of: name) {
            return [today]
        }
        guard let region = country, let known = ZoneDatabase.system.region(region) else { return [] }
        let setting = QuietHoursSetting(
            from: from,
            to: to,
            zone: nil,
            fallback: [],
            spread: .zero,
            isInherited: false
        )
        return setting.isOpenEnough(known) ? known.zones : []
    }

    /// The country of the file's numbers.
    private var country: String? { defaults?["country"]?.text.flatMap(Country.code(named:)) }

    private mutating func check(_ setting: QuietHoursSetting, _ node: YAMLNode) {
        if setting.from == setting.to {
            let message = "found quiet hours from \(setting.from) to \(setting.to); expected two different times"
            diagnostics.append(Diagnostic(.invalidValue, at: (node["to"] ?? node).location, message))
        } else if setting.zone == nil, setting.fallback.isEmpty, let country,
            let region = ZoneDatabase.system.region(country)
        {
            let message =
                "found quiet hours that leave less than 6 hours a day when all zones of \(country) count, and no other clock "
                + "for its numbers; expected a zone"
            let zone = region.zones.first ?? "America/New_York"
            let hint = "write 'zone: \(zone)' or the like, there or in 'defaults', or make the quiet hours shorter"
            diagnostics.append(Diagnostic(.invalidValue, at: node.location, message, hint: hint))
        } else if setting.zone == nil, setting.fallback.isEmpty {
            let message =
                "found quiet hours by the recipient's clock and nothing for recipients whose zone nobody knows"
            let hint = "write 'zone: Asia/Kolkata' or the like, there or in 'defaults', or a 'country' in 'defaults'"
            diagnostics.append(Diagnostic(.invalidValue, at: node.location, "\(message); expected a zone", hint: hint))
        } else if setting.zone == nil, let country, let region = ZoneDatabase.system.region(country),
            !setting.isOpenEnough(region)
        {
            let message =
                "found quiet hours that leave less than 6 hours a day when all zones of \(country) count"
            let zone = setting.fallback.joined(separator: ", ")
            let found = "\(message); numbers of \(country) go by \(zone)"
            diagnostics.append(Diagnostic(.quietZone, at: node.location, found))
        }
    }
}

extension TemplateCatalogue {
    /// Whether a template says who somebody is: its category is `AUTHENTICATION`.
    func authenticates(_ name: String) -> Bool {
        templates.contains { $0.name == name && $0.category == "AUTHENTICATION" }
    }
}
