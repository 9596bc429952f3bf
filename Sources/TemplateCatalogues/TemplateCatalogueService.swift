// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import EventIntake
package import Events
package import Logging
internal import NIOConcurrencyHelpers
package import PartnerAPI
package import PartnerClient
package import Rules
internal import ServiceLifecycle

/// Knows the templates of every account: reads them at the start, every 15 minutes and on demand.
///
/// While the partner is away the last good copy stays, over restarts too. An account without any copy has its
/// templates taken on trust.
package final class TemplateCatalogueService: Service, TemplateKnowledge {
    /// Asks the partner for an account's templates.
    package typealias Fetch = @Sendable (_ account: String) async throws(PartnerClientError) -> TemplateCatalogue

    /// One account to keep templates of.
    package struct Account: Hashable, Sendable {
        /// Its name in the configuration.
        let name: String
        /// Where the partner serves it.
        let baseURL: String

        package init(name: String, baseURL: String) {
            self.name = name
            self.baseURL = baseURL
        }
    }

    /// The time between two readings.
    static let interval: Duration = .seconds(15 * 60)
    /// The time to the next reading after one that failed, and the least time between two that messages ask for.
    static let retryInterval: Duration = .seconds(60)

    private let accounts: [Account]
    private let cache: TemplateCache
    private let fetch: Fetch
    private let clock: any WallClock
    private let logger: Logger
    private let state: NIOLockedValueBox<State>
    private let requests: AsyncStream<Void>
    private let request: AsyncStream<Void>.Continuation
    private let change: AsyncStream<Void>.Continuation

    /// An element after an account's templates changed, or can be believed again after a failure; for one listener.
    ///
    /// What is known then is in ``knownTemplates`` already. Changes that nobody took yet are one.
    package let changes: AsyncStream<Void>

    private struct State {
        var knownTemplates: [String: KnownTemplates] = [:]
        /// The copies' templates, made once for each change: every event takes them.
        var catalogues: [String: TemplateCatalogue] = [:]
        var onTrust: Set<String> = []

        mutating func put(_ knowledge: KnownTemplates, _ account: String) {
            knownTemplates[account] = knowledge
            catalogues[account] = knowledge.copy?.catalogue
            if knowledge.copy == nil { onTrust.insert(account) } else { onTrust.remove(account) }
        }
    }

    /// A service that knows what is on disk; the partner is first asked by ``run()`` or ``refresh()``.
    ///
    /// - Parameters:
    ///   - accounts: The accounts of the configuration, the standard one first.
    ///   - cache: Where the last good copies are.
    ///   - clock: What the readings are timed on.
    ///   - logger: Receives a line for each change.
    ///   - fetch: Asks the partner.
    package init(
        accounts: [Account],
        cache: TemplateCache,
        clock: any WallClock,
        logger: Logger,
        fetch: @escaping Fetch
    ) {
        self.accounts = accounts
        self.cache = cache
        self.fetch = fetch
        self.clock = clock
        self.logger = logger
        (requests, request) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
        (changes, change) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
        var state = State()
        for account in accounts { state.put(Self.knowledge(account, cache, logger), account.name) }
        self.state = NIOLockedValueBox(state)
    }

    /// What is known of each account.
    var knownTemplates: [String: KnownTemplates] { state.withLockedValue { $0.knownTemplates } }

    /// The templates of one account as far as they are known; `nil` for those that are taken on trust.
    package func catalogue(account: String) -> TemplateCatalogue? { state.withLockedValue { $0.catalogues[account] } }

    /// The category of a template, such as `MARKETING`; `nil` where it is not known.
    package func category(of template: String, account: String) -> String? {
        catalogue(account: account)?.templates.first { $0.name == template }?.category
    }

    /// Whether a template is approved in some language, and when that was read; `nil` where nothing was read.
    package func approval(of template: String, account: String) -> (isApproved: Bool, readAt: Timestamp)? {
        state.withLockedValue { $0.knownTemplates[account]?.copy }.map { copy in
            let isApproved = copy.catalogue.templates.contains { $0.name == template && $0.status == .approved }
            return (isApproved, copy.readAt)
        }
    }

    /// The account of messages that name none.
    var standard: String { accounts.first?.name ?? "" }

    package func fill(_ context: inout EvaluationContext) {
        let (catalogues, onTrust) = state.withLockedValue { ($0.catalogues, $0.onTrust) }
        context.catalogues = catalogues
        context.defaultCatalogue = catalogues[standard]
        context.accountsOnTrust = onTrust
    }

    /// Asks the partner soon, because a message did not fit what is known: the copy may be too old.
    package func messageDidNotFit() {
        let now = clock.now
        let recent = now.advanced(by: .zero - Self.retryInterval)...now
        let isOld = state.withLockedValue { state in
            state.knownTemplates.values.contains { knowledge in
                knowledge.askedAt.map { !recent.contains($0) || $0 == recent.lowerBound } ?? true
            }
        }
        if isOld { requestRefresh() }
    }

    /// Asks the partner soon; several calls before that are one.
    package func requestRefresh() {
        request.yield()
    }

    /// Asks the partner for the templates of all accounts, and waits for the answers.
    package func refresh() async {
        await withTaskGroup { group in
            for account in accounts { group.addTask { await self.refresh(account) } }
        }
    }

    /// Keeps the templates until a graceful shutdown.
    package func run() async {
        _ = try? await cancelWhenGracefulShutdown {
            try await withThrowingTaskGroup { group in
                group.addTask { for await _ in self.requests { await self.refresh() } }
                group.addTask { try await self.refreshAgainAndAgain() }
                try await group.waitForAll()
            }
        }
    }

    private func refreshAgainAndAgain() async throws {
        while true {
            await refresh()
            let hasFailure = state.withLockedValue { $0.knownTemplates.values.contains { $0.failure != nil } }
            let pause = hasFailure ? Self.retryInterval : Self.interval
            try await clock.sleep(untilSteady: clock.steadyNow.advanced(by: pause))
        }
    }
}

extension TemplateCatalogueService {
    /// A service that asks the partner's API.
    ///
    /// - Parameters:
    ///   - accounts: The accounts of the configuration, the standard one first.
    ///   - cache: Where the last good copies are.
    ///   - client: Asks the partner.
    ///   - clock: What the readings are timed on.
    ///   - logger: Receives a line for each change.
    package convenience init(
        accounts: [Account],
        cache: TemplateCache,
        client: PartnerHTTPClient,
        clock: any WallClock,
        logger: Logger
    ) {
        self.init(accounts: accounts, cache: cache, clock: clock, logger: logger) {
            account async throws(PartnerClientError) in try await client.templates(account: account)
        }
    }
}

// MARK: One account

extension TemplateCatalogueService {
    private static func knowledge(_ account: Account, _ cache: TemplateCache, _ logger: Logger) -> KnownTemplates {
        do throws(TemplateCache.Failure) {
            return KnownTemplates(copy: try cache.read(account.name, baseURL: account.baseURL))
        } catch {
            logger.warning("the copy of an account's templates cannot be used", metadata: ["reason": "\(error.reason)"])
            return KnownTemplates()
        }
    }

    private func refresh(_ account: Account) async {
        logger.debug("the partner is asked for an account's templates", metadata: ["account": "\(account.name)"])
        let start = clock.now
        do throws(PartnerClientError) {
            succeeded(TemplateCopy(catalogue: try await fetch(account.name), readAt: start), account)
        } catch {
            // A transfer that a shutdown cut off says nothing about the partner.
            if !Task.isCancelled { failed(error.reason, account, at: start) }
        }
    }

    private func succeeded(_ copy: TemplateCopy, _ account: Account) {
        let (old, counts) = state.withLockedValue { state in
            var knowledge = state.knownTemplates[account.name] ?? KnownTemplates()
            let old = knowledge
            let counts = knowledge.succeeded(copy)
            state.put(knowledge, account.name)
            return (old, counts)
        }
        guard counts else { return }
        if old.failure != nil || old.copy?.catalogue != copy.catalogue { change.yield() }
        log(copy, old, account.name)
        do throws(TemplateCache.Failure) {
            try cache.write(copy, account.name, baseURL: account.baseURL)
        } catch {
            logger.warning("an account's templates could not be kept on disk", metadata: ["reason": "\(error.reason)"])
        }
    }

    private func failed(_ reason: String, _ account: Account, at time: Timestamp) {
        let (old, copy) = state.withLockedValue { state in
            var knowledge = state.knownTemplates[account.name] ?? KnownTemplates()
            let old = knowledge.failure
            knowledge.failed(reason, at: time)
            state.put(knowledge, account.name)
            return (old, knowledge.copy)
        }
        guard old?.reason != reason else { return }
        let fallback = copy.map { "the copy of \($0.readAt.rfc3339) is used" } ?? "they are taken on trust"
        logger.warning(
            "the partner did not give an account's templates; \(fallback)",
            metadata: ["account": "\(account.name)", "reason": "\(reason)"]
        )
    }

    private func log(_ copy: TemplateCopy, _ old: KnownTemplates, _ account: String) {
        if old.copy == nil || old.failure != nil {
            let count = copy.catalogue.templates.count
            logger.notice("an account's templates were read", metadata: ["account": "\(account)", "count": "\(count)"])
        }
        guard let before = old.copy?.catalogue else { return }
        for change in TemplateChange.between(before, copy.catalogue) {
            logger.log(
                level: change.isLoss ? .warning : .notice,
                "\(change.sentence)",
                metadata: [
                    "account": "\(account)", "template": "\(change.name)", "language": "\(change.language)",
                    "old": "\(change.old?.rawValue ?? "-")", "new": "\(change.new?.rawValue ?? "-")",
                ]
            )
        }
    }
}
