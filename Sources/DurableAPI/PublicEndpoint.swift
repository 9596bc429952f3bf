// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import EventIntake
package import HTTPValues

/// What the public listener serves: the sources' paths, and below `/api/` the durable partner API.
package struct PublicEndpoint: HTTPEndpoint {
    private let intake: Intake
    private let api: PublicAPI

    /// An endpoint that serves both.
    ///
    /// - Parameters:
    ///   - intake: Serves every path that is not the API's.
    ///   - api: Serves the paths below ``PublicAPI/prefix``.
    package init(intake: Intake, api: PublicAPI) {
        self.intake = intake
        self.api = api
    }

    package func open(_ line: RequestLine) -> Opening {
        endpoint(line.target).open(line)
    }

    package func wasRefused(_ refusal: HTTPRefusal, target: String?) {
        endpoint(target ?? "").wasRefused(refusal, target: target)
    }

    private func endpoint(_ target: String) -> any HTTPEndpoint {
        target.hasPrefix(PublicAPI.prefix) ? api : intake
    }
}
