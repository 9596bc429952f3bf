// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
internal import HTTPTypes
package import HTTPValues

/// Senders' public keys by their addresses: fetches each once, and knows nothing of what is verified with it.
///
/// Only checked addresses reach the ``CertificateSource``. What was served stays for a day; an address that served
/// no key is left alone for a minute, so that nobody can make us ask for it as often as they post. Anybody may name an
/// address: hosts on which a sender usually keeps its keys have slots of their own, all others share a few.
package actor CertificateCache {
    private enum Entry {
        case key(FetchedKey, since: Timestamp)
        case nothing(since: Timestamp)
    }

    private static let maxEntries = 64
    private static let lifetime = Duration.seconds(86_400)
    private static let pause = Duration.seconds(60)
    /// Keys that are fetched at the same time from one of a sender's usual hosts.
    static let slotsOfUsualHost = 8
    /// Keys that are fetched at the same time from all other hosts together, one a host.
    static let slotsOfOthers = 2

    private let source: any CertificateSource
    private var entries: [CertificateURL: Entry] = [:]
    private var fetches: [CertificateURL: Task<FetchedKey, any Error>] = [:]

    /// An empty cache.
    ///
    /// - Parameter source: What fetches.
    package init(_ source: any CertificateSource) {
        self.source = source
    }

    /// The key at an address, fetched where it is not known.
    ///
    /// - Parameters:
    ///   - url: A checked address.
    ///   - now: Our clock.
    /// - Returns: The key.
    /// - Throws: Why it is not there: what the ``CertificateSource`` threw, what was served instead of a key, or that
    ///   nothing is asked now.
    package func key(at url: CertificateURL, now: Timestamp) async throws -> FetchedKey {
        switch entries[url] {
        case .key(let key, let since) where since.duration(to: now) < Self.lifetime: return key
        case .nothing(let since) where since.duration(to: now) < Self.pause: throw Delay.justAsked
        default: break
        }
        do {
            let key = try await task(for: url).value
            remember(.key(key, since: now), url)
            return key
        } catch let delay as Delay {
            // Too many fetches at once say nothing about this address.
            throw delay
        } catch {
            remember(.nothing(since: now), url)
            throw error
        }
    }

    /// Why nothing is asked now.
    private enum Delay: Error, CustomStringConvertible {
        case busy
        case justAsked

        var description: String {
            switch self {
            case .busy: "too many keys are being fetched"
            case .justAsked: "it served none less than a minute ago"
            }
        }
    }

    /// The fetch that is under way for an address, or a new one.
    private func task(for url: CertificateURL) throws -> Task<FetchedKey, any Error> {
        if let task = fetches[url] { return task }
        guard hasSlot(for: url) else { throw Delay.busy }
        let task = Task { [source] in try FetchedKey(pem: await source.pem(at: url)) }
        fetches[url] = task
        return task
    }

    private func hasSlot(for url: CertificateURL) -> Bool {
        let neighbours = fetches.keys.count { $0.host == url.host }
        if url.isUsual { return neighbours < Self.slotsOfUsualHost }
        return neighbours == 0 && fetches.keys.count { !$0.isUsual } < Self.slotsOfOthers
    }

    private func remember(_ entry: Entry, _ url: CertificateURL) {
        fetches[url] = nil
        if entries.count >= Self.maxEntries && entries[url] == nil, let victim = entries.min(by: Self.isOlder)?.key {
            entries[victim] = nil
        }
        entries[url] = entry
    }

    /// Addresses without a key go before those with one.
    private static func isOlder(
        _ left: (key: CertificateURL, value: Entry),
        _ right: (key: CertificateURL, value: Entry)
    )
        -> Bool
    {
        switch (left.value, right.value) {
        case (.nothing(let left), .nothing(let right)), (.key(_, let left), .key(_, let right)): left < right
        case (.nothing, .key): true
        case (.key, .nothing): false
        }
    }
}

extension Source {
    /// Decides what a request is, and asks for the keys that this takes.
    ///
    /// - Parameters:
    ///   - request: The request.
    ///   - now: Our clock.
    ///   - cache: Where the keys are.
    /// - Returns: As ``receive(_:now:keys:)``; when a key could not be fetched, the refusal that asks the sender to come
    ///   again.
    package func receive(_ request: InboundRequest, now: Timestamp, keysFrom cache: CertificateCache) async -> Reception
    {
        var keys: FetchedKeys = [:]
        var reception = receive(request, now: now)
        while case .needs(let url) = reception, keys[url] == nil {
            do {
                keys[url] = try await cache.key(at: url, now: now)
            } catch {
                return .rejected(refusal(without: url, because: "\(error)"))
            }
            reception = receive(request, now: now, keys: keys)
        }
        return reception
    }

    /// The refusal of a request that nobody can judge for want of its sender's key.
    ///
    /// - Parameters:
    ///   - url: Where the key should be.
    ///   - cause: Why it is not here.
    /// - Returns: 503 with `Retry-After`.
    package func refusal(without url: CertificateURL, because cause: String) -> Rejection {
        let reason = "the key at \(url.text.prefix(160)), which the request names, could not be fetched: \(cause)"
        return rejection(503, .certificateUnavailable, reason, headers: [.retryAfter: "60"])
    }
}
