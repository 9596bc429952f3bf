// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import CheckedYAML
internal import Enrichment
internal import Events
internal import HTTPValues
internal import Logging
internal import Messages
internal import PhoneNumbers
internal import Webhooks

/// Every key of `hookline.yaml`.
enum SettingsSpecification {
    static let file = Specification<Settings>(
        "configuration",
        "The configuration of the service.",
        [
            .value("listen", \.listen, fallback: "127.0.0.1:8080", "Where senders post to.") { $2.address($0, $1) },
            Setting("tls", shape: .object(tls.shape), "TLS for those senders; plain HTTP if left out.") {
                $2.tls = $1.tls($0)
            },
            Setting(
                "trusted_proxies",
                shape: .list(.text(.nonEmpty)),
                "Addresses and ranges of proxies whose X-Forwarded-For and X-Forwarded-Proto count; nobody's if left out."
            ) { $2.trustedProxies = AddressList($1.addresses($0)) },
            .value(
                "proxy_protocol",
                \.takesProxyHeader,
                shape: .boolean,
                fallback: "false",
                "Whether each connection of senders begins with a PROXY header of a trusted proxy."
            ) { text, _, _ in text == "true" },
            .value(
                "store",
                \.store,
                fallback: "sqlite:hookline.db",
                "Where events and messages live, such as sqlite:hookline.db."
            ) { $2.store($0, $1) },
            .duration(
                "store_timeout",
                \.storeTimeout,
                fallback: "2s",
                "How long a sender waits for a store that another process holds, before it gets 503."
            ),
            Setting("postgres", shape: .object(postgres.shape), "A store on PostgreSQL.") {
                $1.postgres($0, &$2.store)
            },
            .value("rules", \.rules, fallback: "rules", "The folder of rule files.") { text, _, reader in
                reader.beside(text)
            },
            Setting("numbering_plans", "A file of numbering plans; the built-in ones if left out.") {
                $2.numberingPlans = $1.numberingPlans($0)
            },
            Setting(
                "accounts",
                shape: .map(.nonEmpty, .object(account.shape)),
                required: true,
                "Credentials of the partner API by name."
            ) { $2.accounts = $1.accounts($0) },
            Setting(
                "portfolio",
                shape: .map(.nonEmpty, .object(portfolio.shape)),
                "How many people the accounts may begin to write to in a day, by portfolio."
            ) { $2.portfolios = $1.portfolios($0, accounts: $2.accounts.map(\.name)) },
            Setting(
                "limits",
                shape: .map(.nonEmpty, .object(limit.shape)),
                "How many messages of all rules together may leave, by name."
            ) { $2.limits = $1.limits($0) },
            Setting(
                "sources",
                shape: .map(.nonEmpty, .object(source.shape)),
                required: true,
                "Who posts to us, by name."
            ) { $1.sources($0, into: &$2) },
            .group(consent, "consent", "The words by which recipients stop messages."),
            Setting("transport", shape: .object(transport.shape), "How connections to the partner are made.") {
                transport.read($0, &$1, &$2.transport)
            },
            .group(admin, "admin", "The inner listener."),
            .group(log, "log", "What is logged, and how."),
            .duration("retention", \.retention, fallback: "90d", "How long settled messages are kept."),
            Setting(
                "retention_contents",
                shape: .duration,
                "How long headers, bodies and requests are kept; as long as their records if left out."
            ) { node, _, settings in settings.retentionOfContents = node?.text.flatMap(DurationText.parse) },
            .duration(
                "retention_refused",
                \.retentionOfRefused,
                fallback: "14d",
                "How long refused requests are kept."
            ),
            .group(privacy, "privacy", "What commands show of personal data."),
            Setting("tracing", shape: .object(tracing.shape), "Where traces go; nothing is traced if left out.") {
                if let node = $0 { tracing.read(node, &$1, &$2.tracing) }
            },
            .duration("drain", \.drain, fallback: "20s", "How long a shutdown waits for requests that have left."),
            .duration("lease", \.lease, fallback: "2m", "How long a process may be silent before another takes over."),
            .duration(
                "shutdown_delay",
                \.shutdownDelay,
                fallback: "0s",
                "How long a shutdown goes on accepting before that, while /readyz says that it stops: for load balancers."
            ),
        ]
    )

    static let account = Specification<AccountDraft>(
        "account",
        "Credentials of the partner API.",
        [
            Setting(
                "base_url",
                "Where the partner API is; the partner's, or the sandbox's beside its key, if left out."
            ) {
                $2.address = $0
            },
            Setting("api_key", required: true, "The key's public id, pk_ and 40 characters.") {
                $2.key = $1.secret($0, what: "API key")
            },
            Setting("api_secret", required: true, "The key's secret: ${ENV}, file:… or credential:….") {
                $2.secret = $1.secret($0, what: "API secret")
            },
            Setting("whatsapp_number_id", "Meta's id of the number that it sends from, as hooks name it.") {
                $2.numberID = $0?.text
            },
            Setting("rate", "The most messages a second, such as 20/s.") { $2.rate = $1.rate($0) },
            Setting("number_rate", "The same for each sending number that rules choose by phone_number_id.") {
                $2.numberRate = $1.rate($0)
            },
            .value(
                "max_in_flight",
                \.maxInFlight,
                shape: .integer(1...1_000),
                fallback: "32",
                "The most requests at the same time."
            ) { text, _, _ in Int(text) },
            .value(
                "uncertain_per_minute",
                \.uncertainLimit,
                shape: .integer(0...100_000),
                fallback: "20",
                "So many uncertain answers a minute are left to the rules; more wait for a person."
            ) { text, _, _ in Int(text) },
            Setting(
                "pair_interval",
                shape: .duration,
                "The time between two messages to the same recipient, such as 6s; none if left out."
            ) { node, _, account in account.pairInterval = node?.text.flatMap(DurationText.parse) },
            .value(
                "pair_burst",
                \.pairBurst,
                shape: .integer(1...45),
                fallback: "1",
                "How many messages to the same recipient may leave at once."
            ) { text, _, _ in Int(text) },
        ]
    )

    static let limit = Specification<LimitDraft>(
        "limit",
        "How many messages of all rules together may leave that are for one of some categories.",
        [
            .value(
                "count",
                \.count,
                shape: .integer(1...1_000_000),
                fallback: "1",
                "How many."
            ) { text, _, _ in Int(text) },
            .duration("every", \.every, fallback: "24h", "In how long."),
            .value(
                "per",
                \.scope,
                shape: .choice(["recipient", "account"]),
                fallback: "recipient",
                "For each what."
            ) { text, _, _ in SendLimit.Scope(rawValue: text) },
            .value(
                "on_exceed",
                \.excess,
                shape: .choice(["drop", "defer"]),
                fallback: "drop",
                "What happens to one more."
            ) { text, _, _ in SendLimit.Excess(rawValue: text) },
            Setting(
                "categories",
                shape: .list(.choice(MessageCategory.allCases.map(\.rawValue))),
                required: true,
                "What the messages are for: marketing, utility, authentication, or service for those without template."
            ) { node, _, draft in
                draft.categories = (node?.elements ?? []).compactMap { $0.text.flatMap(MessageCategory.init) }
            },
        ]
    )

    static let portfolio = Specification<PortfolioDraft>(
        "portfolio",
        "A business portfolio: how many people its accounts may begin to write to in 24 hours.",
        [
            Setting(
                "limit",
                shape: .choice(PortfolioDraft.limits.map(\.word)),
                required: true,
                "Meta's limit: 250, 2000, 10000, 100000 or unlimited."
            ) { node, _, draft in
                draft.limit = PortfolioDraft.limits.first { $0.word == node?.text }?.recipients
            },
            .texts(
                "accounts",
                \.accounts,
                "The accounts that share it; those that no other portfolio names if left out."
            ),
        ]
    )

    /// A field of a payload, as people write it.
    private static let fieldPath = TextRule(
        "a field's name, or its path such as customer.note",
        pattern: #"^([^.\\]|\\[.\\])+(\.([^.\\]|\\[.\\])+)*$"#
    ) { FieldPath($0) != nil }

    /// A name as it stands in a header `Host` before the port.
    private static let hostName = TextRule(
        "a host's name without scheme, port and path, such as hookline.internal",
        pattern: "^[^:/]+$"
    ) { !$0.isEmpty && !$0.contains { [":", "/"].contains($0) } }

    static let privacy = Specification<Settings>(
        "privacy",
        "What commands show of personal data.",
        [
            .value(
                "mask_numbers",
                \.privacy.masksNumbers,
                shape: .boolean,
                fallback: "false",
                "Whether what could be a phone number is hidden."
            ) { text, _, _ in text == "true" },
            Setting(
                "mask_fields",
                shape: .list(.text(fieldPath)),
                "Fields of payloads that are hidden: names such as email, or paths such as customer.note."
            ) { node, _, settings in
                settings.privacy.maskedFields = (node?.elements ?? []).compactMap { $0.text.flatMap(FieldPath.init) }
            },
        ]
    )

    static let transport = Specification<TransportSettings>(
        "transport",
        "How connections to the partner are made.",
        [
            .duration("connect_timeout", \.connectTimeout, fallback: "5s", "How long connecting may take."),
            .duration("timeout", \.timeout, fallback: "30s", "How long a whole request may take."),
            Setting("ca_file", "Certificates to trust instead of the system's, as a PEM file.") {
                node,
                reader,
                transport in
                transport.certificateAuthorities = node?.text.map { reader.beside($0) }
            },
            .value("http2", \.offersHTTP2, shape: .boolean, fallback: "false", "Whether HTTP/2 is offered.") {
                text,
                _,
                _ in
                text == "true"
            },
        ]
    )

    static let source = Specification<SourceDraft>(
        "source",
        "One sender.",
        [
            .text("preset", \.settings.preset, "Built-in knowledge of a sender; generic if left out."),
            .text("path", \.settings.path, "Where it posts to; /hooks/NAME if left out."),
            Setting(
                "secrets",
                shape: .list(.text(.nonEmpty)),
                "The secrets that are valid now: ${ENV}, file:… or credential:…."
            ) {
                $2.settings.secrets = $1.secrets($0)
                $2.secretsWritten = $1.secretsWritten($0)
            },
            Setting(
                "verify",
                shape: .map(.nonEmpty, .text(.nonEmpty)),
                "How a request is verified, where it differs from the preset."
            ) { node, _, source in
                for entry in node?.entries ?? [] { source.settings.verify[entry.key] = entry.value.text }
            },
            .text(
                "event_type",
                \.settings.eventType,
                "Where the event's type is, such as body.type or header.X-Topic."
            ),
            .text("event_id", \.settings.eventID, "Where the sender's id of the event is."),
            .text("event_time", \.settings.eventTime, "Where the event's time is."),
            .texts("dedupe", \.settings.dedupe, "What tells two events apart, such as body.id."),
            .text(
                "dedupe_window",
                \.settings.dedupeWindow,
                shape: .duration,
                "How long a repeated event is recognised."
            ),
            Setting("country", "Where phone numbers without country code are from, such as IN.") {
                $2.settings.country = $1.country($0)
            },
            .texts(
                "allow_numbers",
                \.settings.allowedNumbers,
                shape: .list(.choice(NumberKind.allCases.map(\.rawValue)), atLeast: 0),
                "Kinds of phone numbers that are refused otherwise."
            ),
            .text("public_url", \.settings.publicURL, "The address that the sender signs."),
            .text("max_body", \.settings.maxBody, "The largest body, such as 1MiB."),
            .texts(
                "allow_from",
                \.settings.allowedAddresses,
                "Addresses and ranges that it posts from; any if left out."
            ),
            .text("rate", \.settings.rate, "The most events, such as 50/s or 600/m; as many as come if left out."),
            .text(
                "body",
                \.settings.body,
                "How the body is read, where it differs from the preset, such as json, form or xml."
            ),
            .texts("allowed_origins", \.settings.allowedOrigins, "Whom the CloudEvents handshake admits."),
            .text(
                "allowed_rate",
                \.settings.allowedRate,
                "How many requests a minute the CloudEvents handshake grants."
            ),
            Setting("enrich", shape: .oneOrMany(.object(enrich.shape)), "What is looked up before rules are evaluated.")
            {
                node,
                _,
                source in
                source.enrich = node
            },
            .duration("enrich_for", \.lookUpPeriod, fallback: "24h", "How long a look-up is tried again."),
            Setting(
                "handshake",
                shape: .anyOf([.choice(["probe"]), .object(handshake.shape)]),
                "How the sender checks the address, where no preset knows: probe, or what is sent back."
            ) { $2.settings.handshake = $1.handshake($0) },
            Setting(
                "statuses",
                shape: .object(statuses.shape),
                "Where events say what became of messages, where no preset knows."
            ) { node, reader, source in
                guard let node, !node.isBroken else { return }
                var settings = FeedbackSettings.Statuses()
                statuses.read(node, &reader, &settings)
                source.settings.feedback.statuses = settings
            },
            Setting(
                "inbound",
                shape: .object(inbound.shape),
                "Where events say what recipients wrote, where no preset knows."
            ) { node, reader, source in
                guard let node, !node.isBroken else { return }
                var settings = FeedbackSettings.Inbound()
                inbound.read(node, &reader, &settings)
                source.settings.feedback.inbound = settings
            },
            Setting("handshake_token", "What the sender shows when it checks the address.") {
                $2.settings.handshakeToken = $1.secret($0, what: "handshake token").map { .init($0) }
            },
        ]
    )

    static let handshake = Specification<HandshakeSettings>(
        "handshake",
        "How a sender checks the address before it posts.",
        [
            .text("echo", \.echo, required: true, "What is sent back: query.NAME, header.NAME or body.PATH."),
            .text(
                "token",
                \.token,
                "Where the sender must present handshake_token, such as query.hub.verify_token."
            ),
            .text("event", \.event, "The event type that the check has, such as url_verification."),
            Setting(
                "answer",
                shape: .map(.nonEmpty, .text(.nonEmpty)),
                "The answer's JSON members, with {echo}, {hmac_hex} or {hmac_base64} in them; the echo alone if left out."
            ) { node, _, handshake in
                handshake.answer = (node?.entries ?? []).compactMap { entry in
                    entry.value.text.map { (entry.key, $0) }
                }
            },
        ]
    )

    static let statuses = Specification<FeedbackSettings.Statuses>(
        "statuses",
        "Where an event says what became of a message that the partner took.",
        [
            .text("id", \.id, required: true, "Where the partner's id of the message is, such as body.message.id."),
            .text("status", \.status, required: true, "Where the status is: sent, delivered, read, failed."),
            .text("code", \.code, "Where Meta's code of the error is."),
            .text("reason", \.reason, "Where the error's words are."),
            Setting(
                "words",
                shape: .map(.nonEmpty, .choice(DeliveryReport.Status.allCases.map(\.rawValue))),
                "What the sender's words for statuses mean, such as DELIVRD: delivered."
            ) { node, _, statuses in
                statuses.words = (node?.entries ?? []).compactMap { entry in
                    entry.value.text.map { (entry.key, $0) }
                }
            },
        ]
    )

    static let inbound = Specification<FeedbackSettings.Inbound>(
        "inbound",
        "Where an event says what a recipient wrote.",
        [
            .text("from", \.from, required: true, "Where the recipient's number is, such as body.message.from."),
            .text("text", \.text, "Where the text is."),
            .text("number", \.number, "Where Meta's id of our number is, which accounts name."),
        ]
    )

    static let enrich = Specification<EnrichmentStepSettings>(
        "look-up",
        "What is fetched for an event, to stand at 'enriched' in its payload.",
        [
            .text("name", \.name, "Where the answer stands below 'enriched'; needed with several look-ups."),
            Setting("url", shape: .anyText, required: true, "The address; what Liquid puts in is percent-encoded.") {
                node,
                _,
                step in
                step.url = node?.text ?? ""
            },
            Setting(
                "headers",
                shape: .map(.nonEmpty, .text(.nonEmpty)),
                "Header fields: Liquid, ${ENV}, or file:… for what changes."
            ) { node, reader, step in step.headers = (node?.entries ?? []).compactMap { reader.header($0) } },
            .texts("events", \.events, "The event types that need it; all if left out."),
            .texts("hosts", \.hosts, "The hosts that may be asked; the one in 'url' if left out."),
            .text("timeout", \.timeout, shape: .duration, "How long an answer may take; 10s if left out."),
            .text(
                "cache",
                \.cache,
                shape: .duration,
                "How old an answer may be; if left out it is fetched after the event came."
            ),
        ]
    )

    /// `admin.listen`, which health checks read alone.
    static let innerAddress = Setting<Settings>.value(
        "listen",
        \.adminListen,
        fallback: "127.0.0.1:8081",
        "Where health, metrics and the admin API are."
    ) { $2.address($0, $1) }

    static let admin = Specification<Settings>(
        "admin",
        "The inner listener.",
        [
            innerAddress,
            Setting("tls", shape: .object(tls.shape), "TLS for it; plain HTTP if left out.") {
                $2.adminTLS = $1.tls($0)
            },
            .texts(
                "hosts",
                \.adminHosts,
                shape: .list(.text(hostName)),
                "Names of this service that the admin API answers to, beside localhost and addresses; without a port."
            ),
            .value("rate", \.adminRate, fallback: "240/min", "How often a token of the admin API may ask.") {
                $1 == nil ? Rate($0) : $2.rate($1)
            },
            Setting(
                "base_path",
                "What a proxy leaves in front of the console's path, such as /hookline; nothing where it takes it away."
            ) { $2.adminBasePath = $1.basePath($0) },
        ]
    )

    static let consent = Specification<Settings>(
        "consent",
        "The words by which recipients stop messages.",
        [
            .texts("stop", \.consent.stop, "More words that stop all messages."),
            .texts("stop_marketing", \.consent.stopMarketing, "More words that stop marketing."),
            .texts("start", \.consent.start, "More words that take a STOP back."),
            .texts("without", \.consent.without, "Words that mean nothing here."),
            .value(
                "stop_scope",
                \.consent.scope,
                shape: .choice(ConsentScope.allCases.map(\.rawValue)),
                fallback: ConsentScope.allButAuthentication.rawValue,
                "What a STOP is about."
            ) { text, _, _ in ConsentScope(rawValue: text) },
        ]
    )

    static let log = Specification<Settings>(
        "log",
        "What is logged, and how.",
        [
            .value(
                "level",
                \.logLevel,
                shape: .choice(["trace", "debug", "info", "notice", "warning", "error", "critical"]),
                fallback: "info",
                "The least important lines."
            ) { text, _, _ in Logger.Level(rawValue: text) },
            .value(
                "format",
                \.logFormat,
                shape: .choice(Settings.LogFormat.allCases.map(\.rawValue)),
                fallback: "text",
                "text or json."
            ) { text, _, _ in Settings.LogFormat(rawValue: text) },
        ]
    )

    /// The keys that stand below a key of the file, by their paths.
    static let below: [String: [(path: String, fallback: String?)]] = [
        "tls": tls.settings.map { ("tls.\($0.field.name)", $0.fallback) },
        "accounts": account.settings.map { ("accounts.*.\($0.field.name)", $0.fallback) },
        "limits": limit.settings.map { ("limits.*.\($0.field.name)", $0.fallback) },
        "portfolio": portfolio.settings.map { ("portfolio.*.\($0.field.name)", $0.fallback) },
        "sources": source.settings.map { ("sources.*.\($0.field.name)", $0.fallback) },
        "transport": transport.settings.map { ("transport.\($0.field.name)", $0.fallback) },
        "postgres": postgres.settings.map { ("postgres.\($0.field.name)", $0.fallback) },
        "consent": consent.settings.map { ("consent.\($0.field.name)", $0.fallback) },
        "admin": admin.settings.map { ("admin.\($0.field.name)", $0.fallback) }
            + tls.settings.map { ("admin.tls.\($0.field.name)", $0.fallback) },
        "tracing": tracing.settings.map { ("tracing.\($0.field.name)", $0.fallback) },
        "privacy": privacy.settings.map { ("privacy.\($0.field.name)", $0.fallback) },
        "log": log.settings.map { ("log.\($0.field.name)", $0.fallback) },
    ]
}
