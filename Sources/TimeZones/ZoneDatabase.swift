// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events
internal import Foundation
internal import NIOConcurrencyHelpers

/// The time zone database of this machine (Debian's package `tzdata`); each file is read once.
package final class ZoneDatabase: Sendable {
    /// The one in `/usr/share/zoneinfo`.
    package static let system = ZoneDatabase("/usr/share/zoneinfo")

    /// The zones of a country or region.
    package struct Region: Sendable {
        /// Their names, as `zone.tab` has them; of zones that go alike from 2025 to 2037, the first.
        package let zones: [String]
        /// The offsets that hold there together, in seconds, once for each time of the year.
        package let offsets: [Set<Int>]
    }

    private let folder: String
    private let rules = NIOLockedValueBox<[String: ZoneRules]>([:])
    private let regions = NIOLockedValueBox<[String: Region]>([:])
    /// Country codes with the names of their zones.
    private let table: [String: [String]]

    /// A database.
    ///
    /// - Parameter folder: Where its files are.
    package init(_ folder: String) {
        self.folder = folder
        table = Self.lines(of: folder + "/zone.tab").reduce(into: [:]) { table, line in
            let fields = line.split(separator: "\t")
            guard fields.count >= 3, fields[0].count == 2 else { return }
            table[String(fields[0]), default: []].append(String(fields[2]))
        }
    }

    /// When a zone's clocks are how far ahead of UTC.
    ///
    /// - Parameter name: Such as `Asia/Kolkata`.
    /// - Returns: `nil` when the database has no such zone.
    package func rules(named name: String) -> ZoneRules? {
        if let known = rules.withLockedValue({ $0[name] }) { return known }
        guard Self.isName(name), let bytes = FileManager.default.contents(atPath: "\(folder)/\(name)"),
            let read = ZoneRules(Array(bytes))
        else { return nil }
        rules.withLockedValue { $0[name] = read }
        return read
    }

    /// The name that a zone has today: `Asia/Kolkata` for `Asia/Calcutta`.
    ///
    /// - Parameter name: A name of any year.
    /// - Returns: `nil` when the database has no such zone.
    package func canonicalName(of name: String) -> String? {
        guard rules(named: name) != nil else { return nil }
        // Debian keeps the old names as links to the new ones.
        let target = URL(filePath: "\(folder)/\(name)").resolvingSymlinksInPath().path()
        let root = URL(filePath: folder).resolvingSymlinksInPath().path()
        let prefix = root.hasSuffix("/") ? root : root + "/"
        guard target.hasPrefix(prefix) else { return name }
        return String(target.dropFirst(prefix.count))
    }

    /// The zone that somebody probably meant.
    ///
    /// - Parameter word: What was written: a name with a slip in it, or the place alone.
    /// - Returns: The name that the zone has today; `nil` when none is near.
    package func nearest(to word: String) -> String? {
        let names = Self.lines(of: folder + "/tzdata.zi").compactMap { line -> String? in
            let fields = line.split(separator: " ")
            switch fields.first {
            case "Z" where fields.count > 1: return String(fields[1])
            case "L" where fields.count > 2: return String(fields[2])
            default: return nil
            }
        }
        let place = word.lowercased().replacing(" ", with: "_")
        let found =
            names.first { $0.lowercased() == place || $0.lowercased().hasSuffix("/\(place)") }
            ?? NearMiss.nearest(to: word, among: names)
        return found.flatMap(canonicalName)
    }

    /// The zones of a country or region.
    ///
    /// - Parameter code: The ISO 3166 code, such as `IN`.
    /// - Returns: `nil` when the table has none of it.
    package func region(_ code: String) -> Region? {
        if let known = regions.withLockedValue({ $0[code] }) { return known }
        guard let names = table[code] else { return nil }
        let region = Region(names, self)
        regions.withLockedValue { $0[code] = region }
        return region
    }

    /// The codes of all regions that the table has.
    package var regionCodes: [String] { table.keys.sorted() }

    private static func lines(of path: String) -> [Substring] {
        let bytes = FileManager.default.contents(atPath: path).map(Array.init) ?? []
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").filter { !$0.hasPrefix("#") }
    }

    /// Whether a name stays inside the folder.
    private static func isName(_ name: String) -> Bool {
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        return parts.allSatisfy { part in
            !part.isEmpty && part != ".." && part != "."
                && part.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) || "_-+".contains($0) }
        }
    }
}

extension ZoneDatabase.Region {
    /// Zones of which two go alike from then to then are one: nothing is asked about another time.
    private static let span = CivilCalendar.days(2025, 1, 1) * 86_400..<CivilCalendar.days(2038, 1, 1) * 86_400

    fileprivate init(_ names: [String], _ database: ZoneDatabase) {
        var seen: Set<[ZoneRules.Change]> = []
        let known = names.compactMap { name in database.rules(named: name).map { (name, $0) } }
        let distinct = known.filter { seen.insert($0.1.changes(in: Self.span)).inserted }
        zones = distinct.map(\.0)
        // The year that is looked at is the first of the span: rules of a region are those of years.
        offsets = (1...12).map { month in
            let seconds = CivilCalendar.days(2026, month, 15) * 86_400
            return Set(distinct.map { $0.1.offset(at: seconds).offset })
        }
    }
}
