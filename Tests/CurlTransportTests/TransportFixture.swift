// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CurlTransport

/// A transport for the time of a closure, and short ways to ask it.
enum TransportFixture {
    /// Options under which an idle connection stays usable however long a busy machine takes between two requests.
    static var patient: TransportOptions {
        var options = TransportOptions()
        options.maxIdle = .seconds(600)
        return options
    }

    static func run<Result>(
        _ options: TransportOptions = patient,
        _ body: (CurlHTTPTransport) async throws -> Result
    ) async throws -> Result {
        let transport = try CurlHTTPTransport(options)
        do {
            let result = try await body(transport)
            await transport.shutdown()
            return result
        } catch {
            await transport.shutdown()
            throw error
        }
    }

    /// A `POST` with a time-out that no test waits for.
    static func post(
        _ url: String,
        _ body: String = #"{"type":"text"}"#,
        timeout: Duration = .seconds(600),
        limit: Int = 1 << 20
    ) throws -> TransferRequest {
        let headers = try HeaderList([
            HeaderField("apiKey", "pk_test"), HeaderField("Content-Type", "application/json"),
        ])
        return TransferRequest(
            method: .post,
            url: url,
            headers: headers,
            body: Array(body.utf8),
            timeout: timeout,
            maxResponseBytes: limit
        )
    }

    static func get(_ url: String) throws -> TransferRequest {
        TransferRequest(method: .get, url: url, headers: try HeaderList([]), timeout: .seconds(600))
    }

    /// More than the socket buffers of both sides take together.
    static let largeBody = String(repeating: "0123456789abcdef", count: 2 << 20)

    /// The error of a request; `nil` when it was answered.
    static func failure(
        _ transport: CurlHTTPTransport,
        _ request: TransferRequest
    ) async -> TransportError? {
        do throws(TransportError) {
            _ = try await transport.perform(request)
            return nil
        } catch {
            return error
        }
    }
}
