// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// What is printed.
enum Report {
    private static let columns = [
        "round", "echo/s", "accepted/s", "delivered/s", "acc/echo", "del/echo", "echo µs", "service µs", "fsync/s",
        "commits",
        "events/commit",
    ]

    /// What is measured where, and the head of the table.
    ///
    /// - Parameter setup: The setup.
    /// - Returns: Some lines.
    static func opening(_ setup: RoundSetup) -> String {
        let disk = isInMemory(setup.parent) ? "in memory, so that commits cost nothing: give --folder" : "on disk"
        return """
            \(setup.events) events a round over \(setup.connections) connections on \
            \(ProcessInfo.processInfo.activeProcessorCount) cores; about \(OrderWorkload.averageBytes) bytes each, \
            \(OrderWorkload.ruleCount) rules, one matches; database \(disk).
            echo: bare SwiftNIO answers 200. accepted: until the last 2xx. delivered: until the partner has the last \
            message. µs: processor time for each, without load generator and partner.
            \(line(columns))
            """
    }

    /// One line of the table.
    static func row(_ name: String, _ result: RoundResult) -> String {
        line([
            name, whole(result.echoRate), whole(result.acceptedRate), whole(result.deliveredRate),
            hundredths(result.acceptedRatio), hundredths(result.deliveredRatio), tenths(result.echoTime),
            tenths(result.serviceTime), whole(result.syncRate), whole(result.commits), tenths(result.eventsPerCommit),
        ])
    }

    private static func line(_ cells: [String]) -> String {
        zip(cells, columns).map { cell, column in
            String(repeating: " ", count: max(0, max(column.count, 6) - cell.count)) + cell
        }.joined(separator: "  ")
    }

    private static func whole(_ value: Double) -> String { String(format: "%.0f", value) }
    private static func tenths(_ value: Double) -> String { String(format: "%.1f", value) }
    private static func hundredths(_ value: Double) -> String { String(format: "%.2f", value) }

    /// Whether the folder is on a tmpfs, where fsync does nothing.
    private static func isInMemory(_ folder: URL) -> Bool {
        let path = folder.resolvingSymlinksInPath().path
        let mounts = (try? String(contentsOfFile: "/proc/self/mounts", encoding: .utf8)) ?? ""
        var nearest: (folder: Substring, kind: Substring) = ("", "")
        for mount in mounts.split(separator: "\n") {
            let fields: [Substring] = mount.split(separator: " ")
            guard fields.count > 2, fields[1].count >= nearest.folder.count else { continue }
            let isAbove = fields[1] == "/" || (path + "/").hasPrefix(fields[1] + "/")
            if isAbove { nearest = (fields[1], fields[2]) }
        }
        return nearest.kind == "tmpfs"
    }
}
