// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import CurlTransport
package import Events
import HTTPTypes
import Messages
package import Outbox
package import PartnerAPI

/// The partner API over HTTP, for any number of accounts.
///
/// Stateless but for what never changes: pauses, rates and breakers are the dispatcher's. Changed accounts need
/// a new client, which may share the transport.
package struct PartnerHTTPClient: MessageSender {
    /// How long requests may take and how much an answer may hold.
    package struct Limits: Hashable, Sendable {
        /// The most time for one request, queueing for a connection included.
        package var timeout: Duration = .seconds(30)
        /// The most bytes of an answer to a message.
        package var maxAnswerBytes = 64 << 10
        /// The most bytes of the list of templates.
        package var maxTemplateBytes = 16 << 20

        /// The defaults.
        package init() {}
    }

    private struct Endpoint: Sendable {
        let send: String
        let templates: String
        /// Built once for each account, secrets included, and shared by all its requests.
        let headers: HeaderList
        let classifier: AnswerClassifier
    }

    private let endpoints: [String: Endpoint]
    private let transport: any BatchTransport
    private let limits: Limits
    private let clock: any WallClock
    private let onAnswer: (@Sendable (TransferResponse) -> Void)?
    /// All messages under way.
    private let messages = TransferGroup()

    /// A client for these accounts.
    ///
    /// - Parameters:
    ///   - accounts: The accounts, each name once.
    ///   - transport: What carries the requests; the caller shuts it down.
    ///   - limits: How long and how much.
    ///   - clock: The time, for `Retry-After` with a date.
    ///   - onAnswer: Sees every answer before it is judged, whatever its status; it must not block.
    /// - Throws: `PartnerClientError` with code `duplicateAccount`, or `badCredentials` for a key or secret that
    ///   is no header value.
    package init(
        _ accounts: [PartnerAccount],
        transport: any BatchTransport,
        limits: Limits = Limits(),
        clock: any WallClock = SystemClock(),
        onAnswer: (@Sendable (TransferResponse) -> Void)? = nil
    ) throws(PartnerClientError) {
        var endpoints: [String: Endpoint] = [:]
        for account in accounts {
            let endpoint = try Self.endpoint(account)
            guard endpoints.updateValue(endpoint, forKey: account.name) == nil else {
                throw PartnerClientError(.duplicateAccount, account: account.name, "the account is there twice")
            }
        }
        self.endpoints = endpoints
        self.transport = transport
        self.limits = limits
        self.clock = clock
        self.onAnswer = onAnswer
    }

    // MARK: Messages

    /// Sends messages, see `MessageSender`; the bytes that leave are those of the requests.
    ///
    /// An account that is not there counts as unauthorized: its messages wait until the configuration is mended.
    ///
    /// - Parameters:
    ///   - batch: What to send through which account.
    ///   - ended: Told how it ended.
    package func send(_ batch: [Sending], ended: @escaping @Sendable ([SendEnd]) -> Void) {
        var transfers: [TransferRequest] = []
        var origins: [(index: Int, classifier: AnswerClassifier)] = []
        var homeless: [SendEnd] = []
        for (index, sending) in batch.enumerated() {
            guard let endpoint = endpoints[sending.account] else {
                homeless.append(SendEnd(index: index, outcome: Self.unknown(sending.account)))
                continue
            }
            transfers.append(transfer(of: sending.request, to: endpoint))
            origins.append((index, endpoint.classifier))
        }
        if !homeless.isEmpty { ended(homeless) }
        guard !transfers.isEmpty else { return }
        transport.begin(transfers, in: messages) { [clock, onAnswer, origins] ends in
            let now = clock.now
            let judged = ends.map { end in
                if let onAnswer, case .success(let response) = end.result { onAnswer(response) }
                let (index, classifier) = origins[end.index]
                return SendEnd(index: index, outcome: classifier.outcome(of: end.result, now: now))
            }
            ended(judged)
        }
    }

    package func cancelAll() {
        transport.cancel(messages)
    }

    private func transfer(of request: RenderedRequest, to endpoint: Endpoint) -> TransferRequest {
        TransferRequest(
            method: .post,
            url: endpoint.send,
            headers: endpoint.headers,
            body: request.body,
            timeout: limits.timeout,
            maxResponseBytes: limits.maxAnswerBytes
        )
    }

    private static func unknown(_ account: String) -> Outcome {
        .unauthorized(AttemptDetail(code: "unknown_account", reason: "no account has the name '\(account)'"))
    }

    // MARK: Templates

    /// Reads the templates of an account.
    ///
    /// - Parameter account: The account's name.
    /// - Returns: The catalogue; records that cannot be read are counted in it.
    /// - Throws: `PartnerClientError`; the last good catalogue is the caller's to keep.
    package func templates(account: String) async throws(PartnerClientError) -> TemplateCatalogue {
        guard let endpoint = endpoints[account] else {
            throw PartnerClientError(.unknownAccount, account: account, "no account has the name")
        }
        let transfer = TransferRequest(
            method: .get,
            url: endpoint.templates,
            headers: endpoint.headers,
            timeout: limits.timeout,
            maxResponseBytes: limits.maxTemplateBytes
        )
        switch await result(of: transfer) {
        case .success(let response):
            onAnswer?(response)
            return try catalogue(response, account, endpoint.classifier)
        case .failure(let error):
            throw PartnerClientError(.unreachable, account: account, error.reason)
        }
    }

    private func catalogue(
        _ response: TransferResponse,
        _ account: String,
        _ classifier: AnswerClassifier
    ) throws(PartnerClientError) -> TemplateCatalogue {
        let status = response.status
        if (200...299).contains(status), let json = try? JSON(parsing: response.body) {
            if let catalogue = TemplateCatalogue(json) { return catalogue }
        }
        switch classifier.outcome(of: .success(response), now: clock.now) {
        case .unauthorized(let detail):
            throw PartnerClientError(.unauthorized, account: account, detail.reason, status: status)
        case .retryable(let detail, _), .uncertain(let detail), .held(let detail, _):
            throw PartnerClientError(.badAnswer, account: account, detail.reason, status: status)
        case .accepted, .refused:
            let reason = "the partner answered \(status) without a list of templates"
            throw PartnerClientError(.badAnswer, account: account, reason, status: status)
        }
    }

    private func result(of transfer: TransferRequest) async -> Result<TransferResponse, TransportError> {
        do throws(TransportError) {
            return .success(try await transport.perform(transfer))
        } catch {
            return .failure(error)
        }
    }

    private static func endpoint(_ account: PartnerAccount) throws(PartnerClientError) -> Endpoint {
        let spelling = account.headerSpelling
        do throws(TransportError) {
            return Endpoint(
                send: account.baseURL + PartnerPath.send,
                templates: account.baseURL + PartnerPath.templates,
                headers: try HeaderList([
                    HeaderField(spelling.key.rawName, account.apiKey.reveal()),
                    HeaderField(spelling.secret.rawName, account.apiSecret.reveal()),
                    HeaderField("Content-Type", "application/json"), HeaderField("Accept", "application/json"),
                ]),
                classifier: AnswerClassifier(hiding: [account.apiKey, account.apiSecret])
            )
        } catch {
            throw PartnerClientError(.badCredentials, account: account.name, error.reason)
        }
    }
}
