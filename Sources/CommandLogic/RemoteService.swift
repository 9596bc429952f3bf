// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import CurlTransport
package import Events
internal import Foundation
internal import PartnerClient

/// A service somewhere, as its admin API answers whoever has a token.
package struct RemoteService: Sendable {
    /// Why it did not do what it was asked.
    package struct Failure: Error, Hashable, Sendable {
        /// The status of its answer; 0 when there was none.
        package let status: Int
        /// One sentence, in the API's words where it has some.
        package let reason: String

        /// Whether the state of things does not allow it, or there is no such thing: the next one may go.
        package var isAboutOne: Bool { [404, 409, 412].contains(status) }
    }

    private let address: String
    private let token: String

    /// A service.
    ///
    /// - Parameters:
    ///   - address: Where its inner listener is, such as `https://hookline.internal`; `nil` comes back for anything but
    ///     `https`, and `http` to this machine itself: the token goes there.
    ///   - token: What `hookline tokens create` printed.
    package init?(address: String, token: String) {
        guard let url = URLComponents(string: address), let host = url.host, !host.isEmpty else { return nil }
        let scheme = url.scheme?.lowercased()
        guard scheme == "https" || scheme == "http" && PartnerAccount.isThisMachine(host) else { return nil }
        self.address = address.hasSuffix("/") ? String(address.dropLast()) : address
        self.token = token
    }

    /// Looks at something, or has something done.
    ///
    /// - Parameters:
    ///   - path: Below the API's base path.
    ///   - query: Names and values; those without a value are left out.
    ///   - body: What a `POST` says; `nil` makes it a `GET`.
    /// - Returns: The answer.
    /// - Throws: ``Failure``.
    package func json(
        _ path: String,
        _ query: [(String, String?)] = [],
        body: JSON? = nil
    ) async throws(Failure) -> JSON {
        let answer = try await send(body, path, query, accepting: "application/json")
        do throws(JSONError) {
            return try JSON(parsing: answer)
        } catch {
            throw Failure(status: 0, reason: "the service did not answer in JSON: is that its inner listener?")
        }
    }

    /// The same, as a command prints it.
    ///
    /// - Parameters:
    ///   - path: Below the API's base path.
    ///   - query: Names and values; those without a value are left out.
    ///   - body: What a `POST` says; `nil` makes it a `GET`.
    /// - Returns: The text.
    /// - Throws: ``Failure``.
    package func text(
        _ path: String,
        _ query: [(String, String?)] = [],
        body: JSON? = nil
    ) async throws(Failure) -> String {
        String(decoding: try await send(body, path, query, accepting: "text/plain"), as: UTF8.self)
    }

    /// Both of it, of one question: what is counted in the one is what the other says.
    ///
    /// - Parameters:
    ///   - path: Below the API's base path.
    ///   - body: What a `POST` says; `nil` makes it a `GET`.
    /// - Returns: The answer, and the same as a command prints it.
    /// - Throws: ``Failure``.
    package func both(_ path: String, body: JSON?) async throws(Failure) -> (json: JSON, text: String) {
        let answer = try await send(body, path, [], accepting: "application/json, text/plain")
        guard let both = try? JSON(parsing: answer), let json = both["json"], let text = both["text"]?.string else {
            throw Failure(
                status: 0,
                reason: "the service did not answer in JSON and text: is that its inner listener, and of this version?"
            )
        }
        return (json, text)
    }

    /// Everything of a list, a page at a time.
    ///
    /// - Parameter path: Below the API's base path.
    /// - Returns: Its elements, the newest first.
    /// - Throws: ``Failure``.
    package func whole(_ path: String) async throws(Failure) -> [JSON] {
        var (elements, after): ([JSON], String?) = ([], nil)
        repeat {
            let page = try await json(path, [("limit", "1000"), ("after", after)])
            elements += page["data"]?.array ?? []
            after = page["next"]?.string
        } while after != nil
        return elements
    }

    /// Follows a job until it does not run any more.
    ///
    /// - Parameters:
    ///   - job: The job as it began.
    ///   - clock: Waits between two looks.
    ///   - show: Called when it got on.
    /// - Returns: The job as it stands then.
    /// - Throws: ``Failure``, or `CancellationError` when the task is cancelled; the job goes on then.
    package func follow(_ job: JSON, clock: any WallClock = SystemClock(), _ show: (JSON) -> Void) async throws -> JSON
    {
        var job = job
        while job["state"] == "running" {
            try await clock.sleep(untilSteady: clock.steadyNow.advanced(by: .seconds(1)))
            let next = try await json("/jobs/\(PercentEncoding.encode(job["id"]?.string ?? ""))")
            if next != job { show(next) }
            job = next
        }
        return job
    }

    private func send(
        _ body: JSON?,
        _ path: String,
        _ query: [(String, String?)],
        accepting type: String
    ) async throws(Failure) -> [UInt8] {
        let pairs = query.compactMap { name, value in value.map { "\(name)=\(PercentEncoding.encode($0))" } }
        let url = "\(address)/api/v1\(path)" + (pairs.isEmpty ? "" : "?" + pairs.joined(separator: "&"))
        let answer: TransferResponse
        do {
            let headers = [HeaderField("Authorization", "Bearer \(token)"), HeaderField("Accept", type)]
            answer = try await CurlHTTPTransport.once(url, headers, body: body)
        } catch {
            throw Failure(status: 0, reason: "\(address): \(error); is the service running?")
        }
        guard (200..<300).contains(answer.status) else { throw Self.failure(answer) }
        return answer.body
    }

    private static func failure(_ answer: TransferResponse) -> Failure {
        let problem = try? JSON(parsing: answer.body)
        let mistakes = (problem?["errors"]?.array ?? []).compactMap { mistake -> String? in
            let place = (mistake["parameter"] ?? mistake["pointer"] ?? mistake["header"])?.string
            return mistake["detail"]?.string.map { (place.map { "\($0): " } ?? "") + $0 }
        }
        let detail = problem?["detail"]?.string ?? "the service answered \(answer.status)"
        return Failure(status: answer.status, reason: ([detail] + mistakes).joined(separator: " "))
    }
}

extension CurlHTTPTransport {
    /// So much of an answer is read at most: a page of a thousand events or messages, a ledger.
    private static let mostBytes = 256 << 20

    /// Asks once, with a transport of its own.
    ///
    /// - Parameters:
    ///   - url: Where.
    ///   - headers: What is said beside the body's type.
    ///   - body: What is posted; `nil` gets.
    ///   - options: How it connects.
    /// - Returns: The answer.
    /// - Throws: `TransportError`, or what is wrong with a header.
    static func once(
        _ url: String,
        _ headers: [HeaderField] = [],
        body: JSON?,
        options: TransportOptions = TransportOptions()
    ) async throws -> TransferResponse {
        let type = body == nil ? [] : [HeaderField("Content-Type", "application/json")]
        let request = TransferRequest(
            method: body == nil ? .get : .post,
            url: url,
            headers: try HeaderList(headers + type),
            body: body?.encoded() ?? [],
            maxResponseBytes: mostBytes
        )
        let transport = try CurlHTTPTransport(options)
        let response: Result<TransferResponse, TransportError>
        do throws(TransportError) {
            response = .success(try await transport.perform(request))
        } catch {
            response = .failure(error)
        }
        await transport.shutdown()
        return try response.get()
    }
}
