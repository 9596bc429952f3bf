// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events
internal import HTTPTypes
package import HTTPValues
internal import NIOConcurrencyHelpers
internal import Outbox

/// Says who asks, and whether they may: by the host's name, the token, and how often.
final class Doorkeeper: Sendable {
    private let store: any TokenStore
    private let hosts: HostNames
    private let clock: any WallClock
    private let rate: Rate
    /// By token; what fails to show one has a bucket for all.
    private let buckets = NIOLockedValueBox<[String: Pacer]>([:])

    init(_ store: any TokenStore, hosts: HostNames, rate: Rate, clock: any WallClock) {
        self.store = store
        self.hosts = hosts
        self.rate = rate
        self.clock = clock
    }

    /// The token of a request, with the headers that say how many more may come.
    ///
    /// - Parameter request: Any request below the base path.
    /// - Returns: A live token.
    /// - Throws: ``APIProblem``, or what the store says.
    func admit(_ request: InboundRequest) async throws -> (AccessToken, HTTPFields) {
        try await admit(Self.text(of: request)?.fingerprint, host: request.host)
    }

    /// The token with a fingerprint as it is now, with the headers that say how many more requests may come.
    ///
    /// - Parameters:
    ///   - fingerprint: Of what was shown; `nil` for what cannot be a token.
    ///   - host: By which name the client speaks to this service.
    /// - Returns: A live token.
    /// - Throws: ``APIProblem``, or what the store says.
    func admit(_ fingerprint: [UInt8]?, host: String?) async throws -> (AccessToken, HTTPFields) {
        try requireName(host)
        guard let token = try await token(fingerprint) else {
            _ = try count("")
            let detail = "No live token was shown; expected 'Authorization: Bearer hk_…' of 'hookline tokens create'."
            throw APIProblem(.unauthorized, detail, headers: [.wwwAuthenticate: "Bearer realm=\"hookline\""])
        }
        let headers = try count(token.id)
        let now = clock.now
        if token.isUseWorthWriting(at: now) { store.noteUse(ofToken: token.id, at: now) }
        return (token, headers)
    }

    /// Lets a name of this service pass.
    ///
    /// - Parameter host: By which name the client speaks to it.
    /// - Throws: ``APIProblem`` for any other.
    func requireName(_ host: String?) throws(APIProblem) {
        guard !hosts.include(host) else { return }
        let detail = "The header Host names none of this service's names; 'admin.hosts' of the configuration adds some."
        throw APIProblem(.badHost, detail)
    }

    /// Whether a token still opens anything; also while the store cannot say.
    func stillAdmits(_ token: AccessToken) async -> Bool {
        do {
            return try await self.token(token.fingerprint) != nil
        } catch {
            return true
        }
    }

    private static func text(of request: InboundRequest) -> TokenText? {
        let lines = request.headers[values: .authorization]
        guard lines.count == 1, let line = lines.first else { return nil }
        let words = line.split(separator: " ", omittingEmptySubsequences: true)
        // What cannot be a token costs no look into the store.
        guard words.count == 2, words[0].lowercased() == "bearer" else { return nil }
        return TokenText(String(words[1]))
    }

    private func token(_ fingerprint: [UInt8]?) async throws -> AccessToken? {
        guard let fingerprint else { return nil }
        let found = try await store.token(fingerprint: fingerprint)
        return found?.state(at: clock.now) == .live ? found : nil
    }

    /// Counts a request, and says how many are left.
    private func count(_ caller: String) throws(APIProblem) -> HTTPFields {
        let (now, rate) = (clock.now, rate)
        let (left, wait) = buckets.withLockedValue { buckets -> (Int, Duration?) in
            var pacer = buckets[caller] ?? Pacer(rate, burst: rate.count)
            let available = pacer.available(at: now)
            guard available > 0 else { return (0, now.duration(to: pacer.nextRefill(after: now))) }
            pacer.take(1, at: now)
            buckets[caller] = pacer
            return (available - 1, nil)
        }
        var headers: HTTPFields = [:]
        headers[.rateLimitLimit] = String(rate.count)
        headers[.rateLimitRemaining] = String(left)
        let refill = Double(rate.count - left) * rate.period.inSeconds / Double(rate.count)
        headers[.rateLimitReset] = String(max(1, Int(refill.rounded(.up))))
        guard let wait else { return headers }
        headers[.retryAfter] = String(max(1, Int(wait.inSeconds.rounded(.up))))
        throw APIProblem(.tooManyRequests, "More than \(rate) came; try again later.", headers: headers)
    }
}

/// The names by which a browser may speak to the service.
///
/// A page of another site can have its own name lead to this machine (DNS rebinding), but it cannot make the browser send
/// another name than its own. So names are listed; an address is nobody's name.
package struct HostNames: Hashable, Sendable {
    private let names: Set<String>

    /// `localhost`, the host that the service listens on, and these.
    ///
    /// - Parameters:
    ///   - names: More names, without a port.
    ///   - listen: Where it listens.
    package init(_ names: [String], listen: ListenAddress) {
        self.names = Set((names + ["localhost", listen.host]).map { $0.lowercased() })
    }

    /// Whether the value of a header `Host` is one of them; the port does not count.
    ///
    /// - Parameter header: The value; `nil` is none of them.
    /// - Returns: Whether it is.
    package func include(_ header: String?) -> Bool {
        guard let header, !header.isEmpty else { return false }
        if header.hasPrefix("[") { return Self.isIPv6(header) }
        let parts = header.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count <= 2, parts.count == 1 || Self.isPort(parts[1]) else { return false }
        let name = parts[0].lowercased()
        return names.contains(name) || Self.isIPv4(parts[0])
    }

    private static func isIPv6(_ header: String) -> Bool {
        guard let end = header.firstIndex(of: "]") else { return false }
        let address = header[header.index(after: header.startIndex)..<end]
        let rest = header[header.index(after: end)...]
        let isAddress =
            address.contains(":") && address.utf8.allSatisfy { $0.hexValue != nil || $0 == 0x3A || $0 == 0x2E }
        return isAddress && (rest.isEmpty || rest.hasPrefix(":") && isPort(rest.dropFirst()))
    }

    /// Four numbers: no top-level domain is a number, so no name looks like that.
    private static func isIPv4(_ text: Substring) -> Bool {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts.allSatisfy { isNumber($0, below: 256) }
    }

    private static func isPort(_ text: Substring) -> Bool { isNumber(text, below: 65_536) }

    private static func isNumber(_ text: Substring, below limit: Int) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { (0x30...0x39).contains($0) } && Int(text).map { $0 < limit } ?? false
    }
}

extension HTTPField.Name {
    static let rateLimitLimit = known("RateLimit-Limit")
    static let rateLimitRemaining = known("RateLimit-Remaining")
    static let rateLimitReset = known("RateLimit-Reset")
    static let idempotencyKey = known("Idempotency-Key")
    static let idempotencyReplayed = known("Idempotency-Replayed")
    static let requestID = known("X-Request-Id")
    static let lastEventID = known("Last-Event-ID")

    private static func known(_ name: String) -> HTTPField.Name {
        guard let field = HTTPField.Name(name) else { preconditionFailure("'\(name)' is a field name") }
        return field
    }
}
