// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events
internal import Foundation
internal import HTTPTypes
internal import HTTPValues
internal import OrderedCollections
internal import PartnerAPI
internal import Server

/// Lets the fate of one request happen around its real answer, and counts what the caller got.
struct FaultPerformer: Sendable {
    /// Longer than any client waits.
    private static let hang = Duration.seconds(600)

    /// The date format of HTTP headers (RFC 9110, section 5.6.7).
    private static let httpDate = Date.VerbatimFormatStyle(
        format: """
            \(weekday: .abbreviated), \(day: .twoDigits) \(month: .abbreviated) \(year: .padded(4)) \
            \(hour: .twoDigits(clock: .twentyFourHour, hourCycle: .zeroBased)):\(minute: .twoDigits):\(second: .twoDigits) GMT
            """,
        locale: Locale(identifier: "en_US_POSIX"),
        timeZone: .gmt,
        calendar: Calendar(identifier: .gregorian)
    )

    let fate: FaultPlan.Fate
    let clock: any WallClock
    let state: SandboxState
    /// Known once the sandbox ends.
    let ending: OnceValue<Void>

    /// Waits, strikes, answers.
    ///
    /// - Parameters:
    ///   - credentials: The request's key, which may be revoked.
    ///   - body: The request's body, whose template may be paused.
    ///   - answer: Does what the request asks; told whether Meta is to hold the message back.
    /// - Returns: What to send.
    /// - Throws: `CancellationError` when the sandbox ends meanwhile.
    func perform(
        _ credentials: PartnerCredentials,
        body: Result<JSON, PartnerError>,
        _ answer: (_ isHeld: Bool) async -> Reply
    ) async throws -> Reply {
        if fate.delay > .zero { try await wait(fate.delay) }
        switch fate.strike {
        case .hangBeforeAccepting?, .hangAfterAccepting?, .dropBeforeAccepting?, .dropAfterAccepting?:
            return try await goSilent(answer)
        case .revokeKey?: await revoke(credentials)
        case .pauseTemplate?: await pause(credentials, (try? body.get())?["templateName"]?.string)
        default: break
        }
        let reply = if let replacement { replacement } else { cut(await answer(fate.strike == .heldForQuality)) }
        await state.count(status: reply.status)
        return reply
    }

    private func goSilent(_ answer: (_ isHeld: Bool) async -> Reply) async throws -> Reply {
        if fate.strike == .hangAfterAccepting || fate.strike == .dropAfterAccepting { _ = await answer(false) }
        await state.count(status: 0)
        if fate.strike == .hangBeforeAccepting || fate.strike == .hangAfterAccepting { try await wait(Self.hang) }
        return .silence
    }

    /// What is sent instead of the real answer; `nil` for nothing else.
    private var replacement: Reply? {
        switch fate.strike {
        case .status(let status, let retryAfter)?:
            let error = PartnerError(status, "FAULT", "The sandbox was told to fail this request.")
            return SandboxAnswer.error(error, headers(retryAfter))
        case .meta(let fault)?:
            return SandboxAnswer.json(fault.answerStatus, fault.body, headers(fault.retryAfter))
        case .proxyPage?:
            let page =
                "<!doctype html><title>502 Bad Gateway</title><h1>502 Bad Gateway</h1><p>The proxy has no upstream.</p>"
            return SandboxAnswer.html(502, page)
        case .unsuccessful?:
            return SandboxAnswer.json(
                200,
                PartnerError(200, "FAULT", "The sandbox was told to refuse this request.").json
            )
        default:
            return nil
        }
    }

    private func cut(_ reply: Reply) -> Reply {
        guard fate.strike == .malformedBody, reply.status == 201 else { return reply }
        return SandboxAnswer.bytes(
            201,
            type: "application/json",
            Array(#"{"success": true, "data": {"id": "wamid."#.utf8)
        )
    }

    private func headers(_ retryAfter: SandboxFault.RetryAfter?) -> HTTPFields {
        switch retryAfter {
        case .seconds(let seconds)?: [.retryAfter: String(seconds)]
        case .date(let seconds)?:
            [.retryAfter: clock.now.advanced(by: .seconds(seconds)).date.formatted(Self.httpDate)]
        case nil: [:]
        }
    }

    private func revoke(_ credentials: PartnerCredentials) async {
        guard let key = credentials.key, (try? await state.workspace(for: credentials)) != nil else { return }
        _ = try? await state.update { registry throws(PartnerError) in try registry.setRevoked(true, key: key) }
    }

    private func pause(_ credentials: PartnerCredentials, _ template: String?) async {
        guard let template, let workspace = try? await state.workspace(for: credentials) else { return }
        await state.pause(template, in: workspace.id)
    }

    private func wait(_ duration: Duration) async throws {
        let deadline = clock.now.advanced(by: duration)
        try await withThrowingTaskGroup(of: Bool.self) { [clock, ending] group in
            group.addTask {
                try await clock.sleep(until: deadline, tolerance: nil)
                return true
            }
            group.addTask {
                try await ending.value
                return false
            }
            defer { group.cancelAll() }
            guard try await group.next() == true else { throw CancellationError() }
        }
    }
}

extension SandboxState {
    fileprivate func pause(_ template: String, in workspaceID: String) {
        _ = registry.workspaces[workspaceID]?.setStatus(
            MessageTemplate.Status("PAUSED"),
            ofTemplate: template,
            language: nil
        )
    }
}
