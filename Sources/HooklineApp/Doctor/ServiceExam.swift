// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events

/// The running service, as its inner listener tells of it.
struct ServiceExam: Sendable {
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
