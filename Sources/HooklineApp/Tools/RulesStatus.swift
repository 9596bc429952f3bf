// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import CheckedYAML
internal import CurlTransport
package import Events
internal import OrderedCollections
internal import Rules

/// Which rules a running service has, and how it last read them.
package struct RulesStatus: Hashable, Sendable {
    /// Why the service could not be asked.
    package struct Failure: Error, Hashable, Sendable {
        /// One sentence.
        package let reason: String
    }

    /// What the service answered.
    package let json: JSON

    /// Whether the files that were read last are what runs.
    package var isSuccess: Bool { json["success"] == true }

    /// What became of those files.
    private var state: String {
        if isSuccess { return "these rules run" }
        return json["waits_for_templates"] == true
            ? "the files wait for templates that the account does not have, and are taken when it has them; until then the rules from before go on"
            : "the files have errors; the rules from before go on"
    }

    /// The status for people.
    package var text: String {
        let rules = json["rules"]?.array ?? []
        let table = TextTable.render(
            titles: ["RULE", "SOURCE", "EVENTS", "MODE", "FILE"],
            rows: rules.map { rule in ["name", "source", "events", "mode", "file"].map { rule[$0]?.string ?? "-" } }
        )
        let findings = (json["diagnostics"]?.array ?? []).compactMap { $0["text"]?.string }.map {
            VisibleText.line($0) + "\n"
        }.joined()
        return "read \(json["at"]?.string ?? "-"): \(state)\n\(findings)\n\(table)"
    }

    /// Asks the service of a configuration.
    ///
    /// - Parameter settings: Where its inner listener is.
    /// - Returns: Its answer.
    /// - Throws: ``Failure`` when it does not answer.
    package static func fetch(_ settings: Settings) async throws(Failure) -> RulesStatus {
        let address = "http://\(settings.adminListen)/rules/status"
        do {
            let transport = try CurlHTTPTransport()
            let request = TransferRequest(method: .get, url: address, headers: try HeaderList([]))
            let response: Result<TransferResponse, TransportError>
            do throws(TransportError) {
                response = .success(try await transport.perform(request))
            } catch {
                response = .failure(error)
            }
            await transport.shutdown()
            return RulesStatus(json: try JSON(parsing: try response.get().body))
        } catch {
            throw Failure(reason: "\(address): \(error); is the service running?")
        }
    }
}

extension RulesReloader {
    /// How the last reading went.
    struct Status: Sendable {
        /// What became of the rules that were read.
        enum Outcome: Hashable, Sendable {
            /// They run.
            case taken
            /// They have no errors, and run once their account has the templates that they name.
            case waiting
            /// They have errors.
            case refused
        }

        /// When it was.
        let at: Timestamp
        /// What became of its rules.
        let outcome: Outcome
        /// How many rules run.
        let ruleCount: Int
        /// What was found in the files.
        let diagnostics: [Diagnostic]

        /// Whether its rules run.
        var isSuccess: Bool { outcome == .taken }
    }
}

extension RulesReloader.Status {
    /// The status as the inner listener shows it.
    func json(_ rules: RuleSet) -> JSON {
        let summaries = rules.summaries.map { rule -> JSON in
            [
                "name": .string(rule.name), "source": .string(rule.sources?.joined(separator: ", ") ?? "any"),
                "events": .string(rule.events.isEmpty ? "any" : rule.events.joined(separator: ", ")),
                "mode": .string(rule.isEnabled ? rule.isShadow ? "shadow" : "live" : "disabled"),
                "file": .string("\(rule.location)"),
            ]
        }
        let findings = diagnostics.map { diagnostic -> JSON in
            var members = diagnostic.json.object ?? [:]
            members["text"] = .string("\(diagnostic)")
            return .object(members)
        }
        return [
            "success": .bool(isSuccess), "waits_for_templates": .bool(outcome == .waiting),
            "at": .string(at.rfc3339), "rule_count": .number(JSONNumber(ruleCount)), "diagnostics": .array(findings),
            "rules": .array(summaries),
        ]
    }
}
