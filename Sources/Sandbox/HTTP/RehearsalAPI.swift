// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import EmbeddedFiles
internal import Events
internal import HTTPTypes
internal import HTTPValues
internal import OrderedCollections
internal import PartnerAPI

/// The routes under `/sandbox` that no partner has: what was received, what goes wrong, the page and its events.
struct RehearsalAPI: Sendable {
    let state: SandboxState
    let page: SandboxPage

    var routes: [SandboxRoute] {
        [
            SandboxRoute(.get, "/") { _ in await page.answer(state) },
            SandboxRoute(.get, "/sandbox/events") { request in events(request) },
            SandboxRoute(.get, "/sandbox/media/:id", media),
            SandboxRoute(.get, "/sandbox/messages", messages),
            SandboxRoute(.delete, "/sandbox/messages") { _ in
                await state.clear()
                return .empty(204)
            },
            SandboxRoute(.get, "/sandbox/faults") { _ in SandboxAnswer.json(200, await state.plan.json) },
            SandboxRoute(.put, "/sandbox/faults", setFaults),
            SandboxRoute(.delete, "/sandbox/faults") { _ in
                await state.setFaults([])
                return .empty(204)
            },
            SandboxRoute(.get, "/openapi.json") { _ in
                SandboxAnswer.bytes(
                    200,
                    type: "application/json",
                    EmbeddedFiles.bytes("Sources/Sandbox/Resources/openapi.json")
                )
            },
            SandboxRoute(.get, "/healthz") { _ in SandboxAnswer.json(200, ["status": "ok"]) },
        ]
    }

    /// The accepted messages, oldest first; `?phone=` leaves only one telephone's.
    @Sendable
    private func messages(_ request: SandboxRequest) async throws -> Reply {
        let phone = request.query("phone")
        let messages = await state.received.filter { phone == nil || $0.recipient.digits == phone }
        return SandboxAnswer.json(200, .array(messages.map(\.json)))
    }

    @Sendable
    private func media(_ request: SandboxRequest) async throws -> Reply {
        guard let upload = await state.registry.media[request.parameter] else {
            throw PartnerError(404, "UNKNOWN_MEDIA", "no upload has this id")
        }
        return SandboxAnswer.bytes(200, type: upload.contentType, upload.bytes)
    }

    /// Replaces all faults, those of the command line too; nothing changes when one of them is wrong.
    @Sendable
    private func setFaults(_ request: SandboxRequest) async throws -> Reply {
        guard let list = try request.json()["faults"]?.array else {
            throw PartnerError(422, "BAD_FAULT", "'faults' is missing; expected a list of faults")
        }
        var faults: [SandboxFault] = []
        for (position, json) in list.enumerated() {
            do {
                faults.append(try SandboxFault(json: json))
            } catch {
                throw PartnerError(error.status, error.code, "faults[\(position)]: \(error.reason)")
            }
        }
        await state.setFaults(faults)
        return SandboxAnswer.json(200, await state.plan.json)
    }

    private func events(_ request: SandboxRequest) -> Reply {
        let after = request.headers[.lastEventID] ?? request.query("after") ?? ""
        return LiveEvents(state: state, page: page, start: LivePosition(after)).reply
    }
}

extension FaultPlan {
    /// The faults with their counts, and the numbers that rehearse one each.
    fileprivate var json: JSON {
        let faults = entries.map { entry -> JSON in
            guard var fault = entry.fault.json.object else { return .null }
            fault["seen"] = .number(JSONNumber(entry.seen))
            fault["struck"] = .number(JSONNumber(entry.struck))
            return .object(fault)
        }
        let numbers = MagicNumber.all.map { ["phone": .string($0.digits), "meaning": .string($0.meaning)] as JSON }
        return ["faults": .array(faults), "magicNumbers": .array(numbers)]
    }
}
