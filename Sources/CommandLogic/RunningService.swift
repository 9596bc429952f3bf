// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import CurlTransport
package import Events
internal import Presentation
package import ServiceConfiguration

/// A service that runs, as its inner listener answers.
package struct RunningService: Sendable {
    /// Why the service could not be asked.
    package struct Failure: Error, Hashable, Sendable {
        /// One sentence.
        package let reason: String
    }

    private let settings: Settings

    /// The service of a configuration.
    package init(_ settings: Settings) {
        self.settings = settings
    }

    /// Asks for something, or has it done.
    ///
    /// - Parameters:
    ///   - path: Such as `/rules/status`.
    ///   - body: What is to be done; `nil` only asks.
    /// - Returns: The answer.
    /// - Throws: ``Failure`` when it does not answer, or not with 200.
    package func ask(_ path: String, body: JSON? = nil) async throws(Failure) -> JSON {
        let inner = settings.inner
        let address = inner.base + path
        let answer: TransferResponse
        do {
            answer = try await CurlHTTPTransport.once(address, body: body, options: inner.options)
        } catch {
            throw Failure(reason: "\(address): \(error); is the service running?")
        }
        guard answer.status == 200, let json = try? JSON(parsing: answer.body) else {
            throw Failure(reason: "\(address): the service answered \(answer.status)")
        }
        return json
    }
}

/// How the accounts of a running service fare.
package struct RunningAccounts: Hashable, Sendable {
    /// What the service answered.
    package let json: JSON

    /// Takes over an answer.
    ///
    /// - Parameter json: What `/accounts` answered.
    package init(json: JSON) {
        self.json = json
    }

    /// The accounts for people.
    package var text: String {
        let accounts = json["accounts"]?.array ?? []
        let table = TextTable.render(titles: ["ACCOUNT", "STATE", "WHY"], rows: accounts.flatMap(Self.rows))
        let portfolios = json["portfolios"]?.array ?? []
        guard !portfolios.isEmpty else { return table }
        let rows = portfolios.map { portfolio in
            ["name", "recipients", "limit"].map { portfolio[$0]?.string ?? portfolio[$0]?.number?.text ?? "-" }
        }
        return table + "\n" + TextTable.render(titles: ["PORTFOLIO", "RECIPIENTS IN 24 H", "LIMIT"], rows: rows)
    }

    private static func rows(_ account: JSON) -> [[String]] {
        let name = account["name"]?.string ?? "-"
        var rows = (account["stopped"]?.array ?? []).map { stop in
            let part = stop["part"]?.string ?? "account"
            return [name, part == "account" ? "stopped" : "\(part) stopped", why(stop)]
        }
        if let since = account["paused_since"]?.string { rows.append([name, "paused", "since \(since)"]) }
        if let since = account["failing_since"]?.string { rows.append([name, "partner fails", "since \(since)"]) }
        if let since = account["uncertain_held_since"]?.string {
            rows.append([name, "uncertain wait", "since \(since): too many answers leave open what happened"])
        }
        if let seconds = account["seconds_between_messages"]?.number?.text {
            rows.append([name, "slowed", "one message in \(seconds) s"])
        }
        let waits = (account["held"]?.array ?? []).map { held in
            let (what, count) = (held["what"]?.string ?? "-", held["count"]?.number?.text ?? "1")
            let subject = count == "1" || what.hasPrefix("template") ? what : "\(count) \(what)"
            let until = "until \(held["until"]?.string ?? "-")"
            return [
                name, "\(VisibleText.line(subject)) wait",
                "\(until): \(VisibleText.line(held["reason"]?.string ?? "-"))",
            ]
        }
        // What is held is the account's exception: all else of it leaves.
        return (rows.isEmpty ? [[name, waits.isEmpty ? "sends" : "sends the rest", "-"]] : rows) + waits
    }

    private static func why(_ stop: JSON) -> String {
        "since \(stop["since"]?.string ?? "-"): \(VisibleText.line(stop["reason"]?.string ?? "-"))"
    }

    /// What a person let go on, for people.
    ///
    /// - Parameter json: What `/accounts/resume` answered.
    /// - Returns: A line.
    package static func resumed(_ json: JSON) -> String {
        let name = VisibleText.line(json["account"]?.string ?? "-")
        let parts = (json["resumed"]?.array ?? []).compactMap { $0["part"]?.string }
        return parts.isEmpty
            ? "nothing of \(name) had stopped\n" : "\(name) goes on: \(parts.joined(separator: ", "))\n"
    }
}
