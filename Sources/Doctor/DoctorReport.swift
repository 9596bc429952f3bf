// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
internal import OrderedCollections
internal import Presentation

/// What `hookline doctor` found, area by area.
package struct DoctorReport: Hashable, Sendable {
    /// How one finding is meant.
    package enum Verdict: String, Hashable, Sendable {
        /// As it should be.
        case fine
        /// Worth knowing; nothing has to be done.
        case note
        /// Somebody should mend it.
        case wrong
    }

    /// One sentence about one part.
    package struct Finding: Hashable, Sendable {
        /// Which part, such as `configuration`, `account main`, `source shop`.
        package let area: String
        /// How it is meant.
        package let verdict: Verdict
        /// What was found; no secret, no phone number.
        package let sentence: String

        package init(_ area: String, _ verdict: Verdict, _ sentence: String) {
            self.area = area
            self.verdict = verdict
            self.sentence = sentence
        }
    }

    /// Everything, in the order in which it was looked at.
    package let findings: [Finding]

    package init(_ findings: [Finding]) {
        self.findings = findings
    }

    /// Whether nothing has to be mended.
    package var isHealthy: Bool { !findings.contains { $0.verdict == .wrong } }

    /// The findings for people, with a last line that sums them up.
    package var text: String {
        let table = TextTable.render(
            titles: ["AREA", "RESULT", "FOUND"],
            rows: findings.map { [$0.area, $0.verdict == .wrong ? "WRONG" : $0.verdict.rawValue, $0.sentence] }
        )
        let count = findings.count { $0.verdict == .wrong }
        let sum =
            switch count {
            case 0: "nothing is wrong"
            case 1: "one thing is wrong"
            default: "\(count) things are wrong"
            }
        return "\(table)\n\(sum)\n"
    }

    /// The findings for programs: `{"healthy": …, "findings": [{"area", "result", "found"}]}`.
    package var json: JSON {
        let findings = findings.map { finding -> JSON in
            [
                "area": .string(finding.area), "result": .string(finding.verdict.rawValue),
                "found": .string(finding.sentence),
            ]
        }
        return ["healthy": .bool(isHealthy), "findings": .array(findings)]
    }
}

/// The running service, as its inner listener tells of it.
struct ServiceCheck: Sendable {
    /// What asking brought.
    enum Answer: Hashable, Sendable {
        /// What `/readyz` says.
        case readiness(JSON)
        /// Why there is no such answer.
        case none(String)
    }

    /// Where `/readyz` is.
    let address: String
    /// What it said.
    let answer: Answer

    var findings: [DoctorReport.Finding] {
        switch answer {
        case .none(let reason):
            return [.init("service", .note, "no service answers at \(address): \(reason); 'hookline serve' starts it")]
        case .readiness(let json):
            let isReady = json["ready"] == true
            let sentence =
                isReady ? "\(address) says that it is ready" : "\(address) says that it is not ready; mend what follows"
            return [.init("service", isReady ? .fine : .wrong, sentence)] + failing(json)
        }
    }

    private func failing(_ json: JSON) -> [DoctorReport.Finding] {
        (json["checks"]?.array ?? []).filter { $0["passing"] == false }.map { check in
            let name = check["name"]?.string ?? "a part of it"
            return .init("service", .wrong, "\(name): \(check["detail"]?.string ?? "does not work")")
        }
    }
}
