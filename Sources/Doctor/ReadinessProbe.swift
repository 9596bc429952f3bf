// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import CheckedYAML
internal import CurlTransport
package import Events
internal import Presentation
package import ServiceConfiguration

/// Asks the running service whether it is ready, and nothing else: a health check of containers, which comes every few seconds.
package struct ReadinessProbe: Sendable {
    private let path: String
    private let environment: SettingsEnvironment
    private let patience: Duration

    /// A probe for one configuration, of which it reads `admin.listen` and whether there is `admin.tls`.
    ///
    /// - Parameters:
    ///   - path: The configuration's file.
    ///   - environment: What it may refer to.
    ///   - patience: How long the answer may take; the process has five seconds, with its own beginning and end.
    package init(
        configuration path: String,
        environment: SettingsEnvironment = .process,
        patience: Duration = .seconds(4)
    ) {
        self.path = path
        self.environment = environment
        self.patience = patience
    }

    /// Asks once.
    ///
    /// - Returns: What the service says; that it is not ready where nobody answers, or it cannot be known where to ask.
    package func run() async -> ReadinessReport {
        var reader = SettingsReader(path: path, environment: environment)
        let (_, listener, diagnostics) = reader.readInnerAddress()
        guard let listener else {
            return ReadinessReport(isReady: false, reason: diagnostics.map(\.description).joined(separator: "; "))
        }
        return await ServiceCheck.ask(listener, patience: patience).readiness
    }
}

/// Whether a service is ready, and why.
package struct ReadinessReport: Hashable, Sendable {
    /// Whether it is.
    package let isReady: Bool
    /// One sentence; no secret, no phone number.
    package let reason: String

    /// One line for people.
    package var text: String { "\(isReady ? "ready" : "not ready"): \(VisibleText.line(reason))\n" }

    /// The same for programs: `{"ready": …, "reason": …}`.
    package var json: JSON { ["ready": .bool(isReady), "reason": .string(reason)] }
}

extension ServiceCheck {
    /// The answer as one sentence: of what does not work, only what keeps the service from being ready.
    var readiness: ReadinessReport {
        switch answer {
        case .none(let reason):
            return ReadinessReport(isReady: false, reason: "\(address): \(reason)")
        case .readiness(let json) where json["ready"] == true:
            return ReadinessReport(isReady: true, reason: "\(address) says so")
        case .readiness(let json):
            let missing = (json["checks"]?.array ?? []).filter { $0["passing"] == false && $0["required"] == true }
            let reasons = missing.map { check in
                "\(check["name"]?.string ?? "a part of it"): \(check["detail"]?.string ?? "does not work")"
            }
            let reason = reasons.isEmpty ? "\(address) does not say that it is" : reasons.joined(separator: "; ")
            return ReadinessReport(isReady: false, reason: reason)
        }
    }

    /// Asks a service whether it is ready.
    ///
    /// - Parameters:
    ///   - listener: Its inner listener.
    ///   - patience: How long the answer may take.
    /// - Returns: What it says, or why it says nothing.
    static func ask(_ listener: OwnListener, patience: Duration) async -> ServiceCheck {
        let address = "\(listener.base)/readyz"
        do {
            let transport = try CurlHTTPTransport(listener.options)
            let response = await get(address, transport, patience: patience)
            await transport.shutdown()
            return ServiceCheck(address: address, answer: .readiness(try JSON(parsing: try response.get().body)))
        } catch let error as JSONError {
            let reason = "what it says is no JSON (\(error)): is that the inner listener?"
            return ServiceCheck(address: address, answer: .none(reason))
        } catch {
            return ServiceCheck(address: address, answer: .none("\(error)"))
        }
    }

    private static func get(
        _ address: String,
        _ transport: any HTTPTransport,
        patience: Duration
    ) async -> Result<TransferResponse, TransportError> {
        do throws(TransportError) {
            let request = TransferRequest(method: .get, url: address, headers: try HeaderList([]), timeout: patience)
            return .success(try await transport.perform(request))
        } catch {
            return .failure(error)
        }
    }
}
