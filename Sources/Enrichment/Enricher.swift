// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import CurlTransport
package import Events
import Liquid
import NIOConcurrencyHelpers
import OrderedCollections

/// Fetches what an event leaves out.
///
/// One try a call: whoever calls it keeps the event, and calls again later. Any number of calls may run at once, for
/// one or several sources; how many that is, is the caller's to bound. Equal look-ups at the same time share a
/// transfer, and an answer may serve several events, but never one that arrived after its transfer began unless the
/// step's `cache` says so. Nothing is on disk.
package final class Enricher: Sendable {
    /// Reads a text file; it blocks for a moment, so files are to be local and small.
    package typealias FileReader = @Sendable (_ path: String) throws -> String

    /// How a transfer ended for those who waited beside.
    private enum Landing: Sendable {
        case ended(Result<JSON, LookUpFailure>)
        /// Whoever made the transfer was cancelled; somebody else must make one.
        case abandoned
    }

    private typealias Waiter = CheckedContinuation<Landing, Never>

    private let transport: any HTTPTransport
    private let clock: any WallClock
    private let readFile: FileReader
    private let shared = NIOLockedValueBox(SharedAnswers<Waiter>())
    private let lastWaiter = NIOLockedValueBox(0)
    /// Told when somebody begins to wait for another one's transfer.
    private let onWait: @Sendable () -> Void

    /// An enricher without any answers yet.
    ///
    /// - Parameters:
    ///   - transport: What carries the look-ups; the caller shuts it down.
    ///   - clock: The time, on which events were stamped when they arrived too.
    ///   - readFile: Reads the files of headers.
    package convenience init(
        transport: any HTTPTransport,
        clock: any WallClock,
        readFile: @escaping FileReader
    ) {
        self.init(transport: transport, clock: clock, readFile: readFile, onWait: {})
    }

    /// An enricher that tells when somebody begins to wait for another one's transfer, so that a test can wait too.
    init(
        transport: any HTTPTransport,
        clock: any WallClock,
        readFile: @escaping FileReader,
        onWait: @escaping @Sendable () -> Void
    ) {
        self.transport = transport
        self.clock = clock
        self.readFile = readFile
        self.onWait = onWait
    }

    /// Fetches everything that an event needs, one step after the other.
    ///
    /// Answers of earlier steps are kept for a while in memory: a call after a failure of the second step mostly
    /// asks for that alone.
    ///
    /// - Parameters:
    ///   - event: The event as it was received.
    ///   - enrichment: The look-ups of its source; at least one must cover the event, see
    ///     ``Enrichment/applies(to:)``.
    /// - Returns: The value of `enriched`: the answer of a single step without a name, otherwise an object with the
    ///   answers of the named steps that cover the event.
    /// - Throws: ``LookUpFailure`` of the first step that failed; not final when the task was cancelled.
    package func enrich(_ event: Event, with enrichment: Enrichment) async throws(LookUpFailure) -> JSON {
        guard event.payload.root.kind == .object else { throw .payloadIsNoObject }
        let scope = LiquidScope(event, now: clock.now)
        var answers: OrderedDictionary<String, JSON> = [:]
        for step in enrichment.steps where step.covers(event.type) {
            let known = scope.adding(Event.enrichedField, LiquidValue(JSON.object(answers)))
            let lookUp = try step.lookUp(known, readFile: readFile)
            let answer = try await answer(to: lookUp, of: step, for: event)
            guard let name = step.name else { return answer }
            answers[name] = answer
        }
        return .object(answers)
    }

    private func answer(
        to lookUp: LookUp,
        of step: LookUpStep,
        for event: Event
    ) async throws(LookUpFailure) -> JSON {
        while !Task.isCancelled {
            let now = clock.now
            let turn = shared.withLockedValue {
                $0.turn(for: lookUp, receivedAt: event.receivedAt, maxAge: step.maxAge, now: now)
            }
            switch turn {
            case .known(let value): return value
            case .fetch(let number): return try await fetch(lookUp, of: step, as: number)
            case .wait(let number):
                guard case .ended(let result) = await landing(of: number) else { continue }
                return try result.get()
            }
        }
        throw LookUpFailure("\(step.label): the look-up was cut off")
    }

    private func fetch(
        _ lookUp: LookUp,
        of step: LookUpStep,
        as number: Int
    ) async throws(LookUpFailure) -> JSON {
        var size = 0
        let result: Result<JSON, LookUpFailure>
        do throws(LookUpFailure) {
            let response = try await transfer(lookUp, of: step)
            size = response.body.count
            result = .success(try reading(lookUp, step).value(of: response))
        } catch {
            result = .failure(error)
        }
        let answer = (try? result.get()).map { ($0, size) }
        let landing: Landing = Task.isCancelled && answer == nil ? .abandoned : .ended(result)
        for waiter in shared.withLockedValue({ $0.end(number, with: answer) }) { waiter.resume(returning: landing) }
        return try result.get()
    }

    private func transfer(_ lookUp: LookUp, of step: LookUpStep) async throws(LookUpFailure) -> TransferResponse {
        do throws(TransportError) {
            let request = TransferRequest(
                method: .get,
                url: lookUp.address.text,
                headers: try HeaderList(lookUp.headers),
                timeout: lookUp.timeout,
                maxResponseBytes: AnswerReading.maxBytes,
                refusesPrivateAddresses: lookUp.refusesPrivateAddresses
            )
            return try await transport.perform(request)
        } catch {
            throw reading(lookUp, step).failure(error)
        }
    }

    private func reading(_ lookUp: LookUp, _ step: LookUpStep) -> AnswerReading {
        AnswerReading(subject: "\(step.label) (\(lookUp))", now: clock.now)
    }

    /// Waits for the end of somebody else's transfer; a cancelled wait is abandoned at once.
    private func landing(of number: Int) async -> Landing {
        let id = lastWaiter.withLockedValue { last in
            last += 1
            return last
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { waiter in
                // Under one lock with the cancel, which either finds the waiter or is seen here.
                let waits = shared.withLockedValue { !Task.isCancelled && $0.add(waiter, id: id, to: number) }
                if waits { onWait() } else { waiter.resume(returning: .abandoned) }
            }
        } onCancel: {
            shared.withLockedValue { $0.remove(id, from: number) }?.resume(returning: .abandoned)
        }
    }
}
