// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events
internal import HTTPTypes
internal import Messages
internal import Outbox
package import Webhooks

// What is turned away, before or after its body was read, and how that is kept.

extension Intake {
    /// What all paths that no source has are called in metrics; their own names could fill the memory.
    private static let stranger = "unknown"

    /// Refuses an unknown path, and a source that is beyond its rate, before any of the body is read.
    ///
    /// - Parameter head: The request without its body.
    /// - Returns: `nil` for everything that must be looked at whole.
    package func earlyReply(to head: InboundRequest) -> Reply? {
        guard let source = source(of: head) else { return isHealthCheck(head) ? nil : refuseUnknown(head) }
        // A check of the address causes no event, so it is never beyond a rate.
        guard source.preset.methods.contains(head.method),
            let wait = admission.wait(of: source.name, at: clock.steadyNow)
        else { return nil }
        return refuse(source.rateRejection(wait: wait), source: source.name)
    }

    package func wasRefused(_ refusal: HTTPRefusal, target: String?) {
        let path = target.map { String($0.prefix { $0 != "?" }) }
        let source = path.flatMap { sources[$0] }?.name
        metrics.event(source: source ?? Self.stranger, result: refusal.code.rawValue)
        record(
            source: source ?? path ?? Self.stranger,
            of: source ?? Self.stranger,
            status: refusal.status,
            code: refusal.code.rawValue,
            reason: refusal.reason
        )
    }

    func source(of request: InboundRequest) -> Source? {
        sources[path(of: request)]
    }

    func isHealthCheck(_ request: InboundRequest) -> Bool {
        path(of: request) == Self.healthCheckPath
    }

    /// Counts verified events against their source's rate; the refusal when they are beyond it.
    func refusal(beyondRateOf source: Source, events: Int) -> Reply? {
        guard let wait = admission.take(events, of: source.name, at: clock.steadyNow) else { return nil }
        return refuse(source.rateRejection(wait: wait), source: source.name)
    }

    func refuse(_ rejection: Webhooks.Rejection, source: String) -> Reply {
        let code = rejection.code.rawValue
        metrics.event(source: source, result: code)
        record(source: source, of: source, status: rejection.status, code: code, reason: rejection.reason)
        guard !rejection.hasEmptyBody else { return Reply(status: rejection.status, headers: rejection.headers) }
        let problem = ProblemDetails(status: rejection.status).reply()
        return Reply(status: problem.status, headers: problem.headers + rejection.headers, body: problem.body)
    }

    /// Refuses a path that no source has.
    func refuseUnknown(_ request: InboundRequest) -> Reply {
        metrics.event(source: Self.stranger, result: "unknown_source")
        record(
            source: NumberHiding.hide(in: path(of: request)),
            of: Self.stranger,
            status: 404,
            code: "unknown_source",
            reason: "no source of the configuration has this path"
        )
        return ProblemDetails(status: 404, detail: "No source has this path.").reply()
    }

    private func path(of request: InboundRequest) -> String {
        String(request.target.prefix { $0 != "?" })
    }

    private func record(source: String, of counted: String, status: Int, code: String, reason: String) {
        let rejection = Outbox.Rejection(at: clock.now, source: source, status: status, code: code, reason: reason)
        refusals.record(rejection, of: counted)
    }
}
