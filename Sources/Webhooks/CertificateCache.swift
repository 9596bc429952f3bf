// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events

/// Receives requests whose senders sign with keys that must be fetched: fetches each key once.
///
/// Only checked addresses reach the ``CertificateSource``. What was served stays for a day; an address that served
/// no key is left alone for a minute, so that nobody can make us ask for it as often as they post.
package actor CertificateCache {
    private enum Entry {
        case key(FetchedKey, since: Timestamp)
        case nothing(since: Timestamp)
    }

    private static let maxEntries = 64
    private static let lifetime = Duration.seconds(86_400)
    private static let pause = Duration.seconds(60)
    private static let maxFetches = 4

    private let source: any CertificateSource
    private var entries: [CertificateURL: Entry] = [:]
    private var fetches: [CertificateURL: Task<FetchedKey, any Error>] = [:]

    /// An empty cache.
    ///
    /// - Parameter source: What fetches.
    package init(_ source: any CertificateSource) {
        self.source = source
    }

    /// Decides what a request is, and fetches keys for that where needed.
    ///
    /// - Parameters:
    ///   - request: The request.
    ///   - sender: The source that it was posted to.
    ///   - now: Our clock.
    /// - Returns: As ``Source/receive(_:now:keys:)``; `needs` only when the key could not be fetched, and then the
    ///   sender should be asked to come again.
    package func receive(_ request: InboundRequest, of sender: Source, now: Timestamp) async -> Reception {
        var reception = sender.receive(request, now: now, keys: keys(at: now))
        var asked: Set<CertificateURL> = []
        while case .needs(let url) = reception, asked.insert(url).inserted {
            guard await fetch(url, now: now) else { break }
            reception = sender.receive(request, now: now, keys: keys(at: now))
        }
        return reception
    }

    private func keys(at now: Timestamp) -> FetchedKeys {
        entries.compactMapValues { entry in
            guard case .key(let key, let since) = entry, since.duration(to: now) < Self.lifetime else { return nil }
            return key
        }
    }

    /// Whether the key is there now.
    private func fetch(_ url: CertificateURL, now: Timestamp) async -> Bool {
        if case .nothing(let since) = entries[url], since.duration(to: now) < Self.pause { return false }
        do {
            let key = try await task(for: url).value
            remember(.key(key, since: now), url)
            return true
        } catch {
            // Too many fetches at once say nothing about this address.
            if !(error is Busy) { remember(.nothing(since: now), url) }
            return false
        }
    }

    private struct Busy: Error {}

    /// The fetch that is under way for an address, or a new one.
    private func task(for url: CertificateURL) throws -> Task<FetchedKey, any Error> {
        if let task = fetches[url] { return task }
        guard fetches.count < Self.maxFetches else { throw Busy() }
        let task = Task { [source] in try FetchedKey(pem: await source.pem(at: url)) }
        fetches[url] = task
        return task
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
