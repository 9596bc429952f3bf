// swift-tools-version: 6.2
// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

// All targets and the arrows between them. Imports point down this file only; a third-party library
// has one owning target (docs/architecture.md has the map and the reasons).

import PackageDescription

/// A library of another package.
func library(_ name: String, _ package: String) -> Target.Dependency {
    .product(name: name, package: package)
}

let argumentParser = library("ArgumentParser", "swift-argument-parser")
let bigInt = library("BigInt", "BigInt")
let grdb = library("GRDB", "GRDB.swift")
let grdbSQLite = library("GRDBSQLite", "GRDB.swift")
let httpTypes = library("HTTPTypes", "swift-http-types")
let lifecycle = library("ServiceLifecycle", "swift-service-lifecycle")
let lifecycleTestKit = library("ServiceLifecycleTestKit", "swift-service-lifecycle")
let lifecycleSignals = library("UnixSignals", "swift-service-lifecycle")
let locks = library("NIOConcurrencyHelpers", "swift-nio")
let logging = library("Logging", "swift-log")
let metrics = library("Metrics", "swift-metrics")
let mustache = library("Mustache", "swift-mustache")
let coreMetrics = library("CoreMetrics", "swift-metrics")
let deque = library("DequeModule", "swift-collections")
let nio = library("NIOCore", "swift-nio")
let nioHTTP1 = library("NIOHTTP1", "swift-nio")
let inMemoryLogging = library("InMemoryLogging", "swift-log")
let metricsTestKit = library("MetricsTestKit", "swift-metrics")
let nioEmbedded = library("NIOEmbedded", "swift-nio")
let nioPosix = library("NIOPosix", "swift-nio")
let orderedCollections = library("OrderedCollections", "swift-collections")
let heap = library("HeapModule", "swift-collections")
let subprocess = library("Subprocess", "swift-subprocess")
let system = library("SystemPackage", "swift-system")
let yams = library("Yams", "Yams")

let package = Package(
    name: "Hookline",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "hookline", targets: ["hookline"]),
        .library(name: "EventPatterns", targets: ["EventPatterns"]),
        .library(name: "Liquid", targets: ["Liquid"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser.git", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-collections.git", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-http-types.git", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log.git", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics.git", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-nio.git", from: "2.101.2"),
        .package(url: "https://github.com/attaswift/BigInt.git", from: "6.0.1"),
        .package(url: "https://github.com/groue/GRDB.swift.git", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/swift-mustache.git", from: "2.1.1"),
        .package(url: "https://github.com/jpsim/Yams.git", from: "6.2.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle.git", from: "2.13.0"),
        // For the tests alone, which start processes.
        .package(url: "https://github.com/apple/swift-system.git", from: "1.8.1"),
        .package(url: "https://github.com/swiftlang/swift-subprocess.git", from: "1.0.2", traits: []),
    ],
    targets: [
        // MARK: Values
        .target(name: "CEmbeddedFiles", exclude: ["make_index.py"]),
        // CEmbeddedFiles, their bytes.
        .target(name: "EmbeddedFiles", dependencies: ["CEmbeddedFiles"]),
        .systemLibrary(name: "CLibcrypto"),
        .target(name: "Cryptography", dependencies: ["CLibcrypto"]),
        .target(name: "CJSON"),
        // Cryptography, for fingerprints.
        .target(
            name: "Events",
            dependencies: ["CJSON", "Cryptography", bigInt, httpTypes, locks, orderedCollections]
        ),
        // Events, whose payloads it matches.
        .target(name: "EventPatterns", dependencies: ["Events"]),
        // Events, whose payloads are its data: JSON, exact numbers, the places in them; EmbeddedFiles, for HTML's names of
        // characters; Cryptography, for its filters.
        .target(
            name: "Liquid",
            dependencies: ["Cryptography", "EmbeddedFiles", "Events", bigInt, locks, orderedCollections],
            exclude: ["Resources"]
        ),
        .target(name: "CPhoneNumber", exclude: ["make_numbering_plans.py", "numbering-plans.bin"]),
        .target(name: "PhoneNumbers", dependencies: ["CPhoneNumber", locks]),
        // Events, for JSON as the partner writes it.
        .target(name: "PartnerAPI", dependencies: ["Events", httpTypes, orderedCollections]),
        // Events, for the calendar. It alone reads the time zone database.
        .target(name: "TimeZones", dependencies: ["Events", locks]),
        // Events, for ids and times; PartnerAPI, for what a message says; TimeZones, for quiet hours.
        .target(name: "Messages", dependencies: ["Events", "PartnerAPI", "TimeZones", heap, httpTypes]),
        // Events, for JSON in problem details.
        .target(name: "HTTPValues", dependencies: ["Events", httpTypes, orderedCollections]),

        // Events, for ids and times.
        .target(name: "Traces", dependencies: ["Events", locks, logging]),

        // MARK: What happens to an event
        // HTTPValues, which it verifies, by Cryptography; Events, which it makes of them.
        .target(
            name: "Webhooks",
            dependencies: ["Cryptography", "Events", "HTTPValues", httpTypes, orderedCollections]
        ),
        // Events, for JSON, time spans and "did you mean".
        .target(name: "CheckedYAML", dependencies: ["Events", orderedCollections, yams]),
        // CheckedYAML, which reads its files; EventPatterns and Liquid, the two languages in them; Events,
        // which it evaluates; PartnerAPI, for what is sent, held against templates; PhoneNumbers, for
        // recipients; Messages, which it makes, and whose law its explanations ask; TimeZones, for whose clocks count.
        .target(
            name: "Rules",
            dependencies: [
                "CheckedYAML", "Events", "EventPatterns", "Liquid", "Messages", "PartnerAPI", "PhoneNumbers",
                "TimeZones", httpTypes, orderedCollections,
            ]
        ),
        // Rules, which it runs over events that did not happen; Messages, whose law says what would leave; CheckedYAML,
        // for what tests expect; Events and PartnerAPI, for what came of them.
        .target(
            name: "Rehearsal",
            dependencies: ["CheckedYAML", "Events", "Messages", "PartnerAPI", "Rules", orderedCollections]
        ),
        // Rules, as whose files it writes what it makes, and Rehearsal, which tries it; PartnerAPI, for templates; Webhooks,
        // for how senders write; EventPatterns and Liquid, to try conditions and texts on the event; PhoneNumbers, for
        // recipients; TimeZones, for dates; CheckedYAML, for findings; EmbeddedFiles, for what the shipped rules have; Events.
        .target(
            name: "RuleDrafts",
            dependencies: [
                "CheckedYAML", "EmbeddedFiles", "EventPatterns", "Events", "Liquid", "PartnerAPI", "PhoneNumbers",
                "Rehearsal", "Rules",
                "TimeZones", "Webhooks", orderedCollections,
            ],
            exclude: ["Resources"]
        ),
        // Messages, which it is asked to store; Events and PartnerAPI, for what is in a submission.
        .target(name: "Outbox", dependencies: ["Events", "Messages", "PartnerAPI", httpTypes, locks]),
        // Outbox, whose stores it copies into one another; Events, for fingerprints.
        .target(name: "StoreCopying", dependencies: ["Events", "Outbox"]),
        .target(name: "CWriteAhead"),
        // Outbox, whose roles it plays; Messages, whose law it asks; Events and PartnerAPI, which it writes
        // and reads back; CWriteAhead, through which SQLite writes its log.
        .target(
            name: "SQLiteOutbox",
            dependencies: [
                "CWriteAhead", "Events", "Messages", "Outbox", "PartnerAPI", grdb, grdbSQLite, locks,
            ]
        ),
        .systemLibrary(name: "CPostgres"),
        // Events, for times as PostgreSQL keeps them.
        .target(name: "PostgresConnection", dependencies: ["CPostgres", "Events", locks]),
        .target(name: "MetricFamilies", dependencies: [coreMetrics, locks]),
        // Outbox, whose roles it plays as far as it is; Messages, whose law it asks; Events and PartnerAPI, which it
        // writes and reads back; PostgresConnection, through which it talks.
        .target(
            name: "PostgresOutbox",
            dependencies: ["Events", "Messages", "Outbox", "PartnerAPI", "PostgresConnection", locks]
        ),
        // Outbox, for store and sender; Messages, for claims and settlements; PartnerAPI, for Meta's codes and
        // what a message says; MetricFamilies, for what is counted; Traces, for spans of attempts; Events, for the clock.
        .target(
            name: "Delivery",
            dependencies: [
                "Events", "Messages", "MetricFamilies", "Outbox", "PartnerAPI", "Traces", coreMetrics, deque, lifecycle,
                locks, logging,
            ]
        ),

        // MARK: The doors
        .systemLibrary(name: "CLibssl"),
        // Events, for the times of certificates; HTTPValues, for the addresses that they are for.
        .target(name: "TLS", dependencies: ["CLibssl", "Events", "HTTPValues", nio]),
        // HTTPValues, which it makes of bytes; TLS, which it speaks; Events, for JSON and the clock.
        .target(
            name: "Server",
            dependencies: [
                "Events", "HTTPValues", "TLS", deque, httpTypes, lifecycle, locks, logging, nio, nioHTTP1, nioPosix,
            ]
        ),
        .target(name: "FairThreads", dependencies: [deque, locks, nioPosix]),
        // HTTPValues, which come in; Webhooks, which verifies and decodes; Rules, which plans; PhoneNumbers,
        // for the kinds that a source allows; Outbox and Messages, to store what follows; FairThreads, for
        // what takes long; PartnerAPI, for Meta's codes; MetricFamilies, for what is counted; Traces, for spans of
        // requests; Events.
        .target(
            name: "EventIntake",
            dependencies: [
                "Events", "FairThreads", "HTTPValues", "Messages", "MetricFamilies", "Outbox", "PartnerAPI",
                "PhoneNumbers", "Rules",
                "Traces", "Webhooks", httpTypes, locks, logging, metrics,
            ]
        ),
        // HTTPValues, which come in; PartnerAPI, which it serves; Outbox and Messages, to store what is sent;
        // Webhooks, for fingerprints of secrets; EventIntake, the other door of the listener; FairThreads,
        // for what takes long; Traces, for what decides about them; Events.
        .target(
            name: "DurableAPI",
            dependencies: [
                "EventIntake", "Events", "FairThreads", "HTTPValues", "Messages", "Outbox", "PartnerAPI", "Traces",
                "Webhooks", httpTypes, logging,
            ]
        ),

        // MARK: The partner
        .systemLibrary(name: "CCurl"),
        .target(name: "CurlTransport", dependencies: ["CCurl", locks]),
        // Traces, whose spans it exports; CurlTransport, which carries; Delivery, for its doorbell; MetricFamilies, for
        // what is counted; Events, for JSON.
        .target(
            name: "TraceExport",
            dependencies: [
                "CurlTransport", "Delivery", "Events", "MetricFamilies", "Traces", coreMetrics, lifecycle, locks,
                logging,
            ]
        ),
        // CurlTransport, which fetches; Liquid, for addresses; Events, which it completes.
        .target(
            name: "Enrichment",
            dependencies: ["CurlTransport", "Events", "Liquid", locks, orderedCollections]
        ),
        // CurlTransport, which carries; PartnerAPI, which it speaks; Outbox, whose sender it is; Messages,
        // for outcomes; Events, for JSON.
        .target(
            name: "PartnerClient",
            dependencies: ["CurlTransport", "Events", "Messages", "Outbox", "PartnerAPI", httpTypes]
        ),
        // PartnerAPI, which it serves, through Server and HTTPValues; Events, for JSON and times; EmbeddedFiles, for its page.
        .target(
            name: "Sandbox",
            dependencies: [
                "EmbeddedFiles", "Events", "HTTPValues", "PartnerAPI", "Server", deque, httpTypes, lifecycle, logging,
                nioPosix, orderedCollections,
            ],
            exclude: ["Resources"]
        ),

        // MARK: The service and its command
        // CheckedYAML, which reads it. The others check the part that is theirs, or are made of it:
        // HTTPValues (addresses), DurableAPI (paths that are taken), Webhooks (sources), Rules (what their
        // checks know), Enrichment (look-ups), PhoneNumbers (plans, countries), Messages, Outbox, SQLiteOutbox and
        // PostgresOutbox (the store), StoreCopying (copies of it), PostgresConnection (its address), PartnerClient, CurlTransport and PartnerAPI
        // (accounts), TLS (certificates), Events (time spans, rates).
        .target(
            name: "ServiceConfiguration",
            dependencies: [
                "CheckedYAML", "CurlTransport", "DurableAPI", "Enrichment", "Events", "HTTPValues", "Messages",
                "Outbox", "PartnerAPI", "PartnerClient", "PhoneNumbers", "PostgresConnection", "PostgresOutbox",
                "Rules", "SQLiteOutbox", "StoreCopying", "TLS", "Webhooks", logging,
            ]
        ),
        // What it shows: Outbox and Messages, PartnerAPI (templates, requests), Rules (explanations), RuleDrafts and
        // Rehearsal (what became of their tests), CheckedYAML (findings), Events; PhoneNumbers, for lists of consent, and
        // with TimeZones for the recipient's clock.
        .target(
            name: "Presentation",
            dependencies: [
                "CheckedYAML", "Events", "Messages", "Outbox", "PartnerAPI", "PhoneNumbers", "Rehearsal", "RuleDrafts",
                "Rules",
                "TimeZones", httpTypes,
                orderedCollections,
            ]
        ),
        // HTTPValues, which come in; Outbox and Messages, for what is looked at and changed; PartnerAPI, for templates;
        // Presentation, which shows it as the command line does; Events, for JSON and the clock.
        .target(
            name: "AdminAPI",
            dependencies: [
                "Events", "HTTPValues", "Messages", "Outbox", "PartnerAPI", "Presentation", httpTypes, locks, logging,
                orderedCollections,
            ]
        ),
        // AdminAPI, whose routes it asks; HTTPValues, which come in; Outbox, for scopes and tokens; Messages, for the names of
        // states and decisions; PartnerAPI, for what a customer reads; EmbeddedFiles, for its templates; Events, for JSON and the
        // clock.
        .target(
            name: "Console",
            dependencies: [
                "AdminAPI", "EmbeddedFiles", "Events", "HTTPValues", "Messages", "Outbox", "PartnerAPI", httpTypes,
                locks,
                logging, mustache, orderedCollections,
            ],
            exclude: ["Assets", "Templates"]
        ),
        // Outbox, where the events wait; Enrichment, which asks; EventIntake, for the rules that run and its
        // port; FairThreads, where rules are evaluated; Messages, for the times between tries; Delivery, for
        // its doorbell; MetricFamilies, for what is counted; Traces, for the ids in its lines; Events.
        .target(
            name: "LookUps",
            dependencies: [
                "Delivery", "Enrichment", "EventIntake", "Events", "FairThreads", "Messages", "MetricFamilies",
                "Outbox",
                "Traces", coreMetrics, lifecycle, locks, logging,
            ]
        ),
        // EventIntake, for the rules engine; Outbox, for its port; FairThreads, where rules are evaluated; Messages,
        // for what is built; Delivery, for its doorbell; MetricFamilies, for what is counted; Events.
        .target(
            name: "Digests",
            dependencies: [
                "Delivery", "EventIntake", "Events", "FairThreads", "Messages", "MetricFamilies", "Outbox", coreMetrics,
                lifecycle, logging,
            ]
        ),
        // PartnerClient, which is asked; PartnerAPI, for what it answers; Rules, for the templates that they
        // name; CheckedYAML, for findings; EventIntake, for its port; Server, for the health check; Events,
        // for the clock.
        .target(
            name: "TemplateCatalogues",
            dependencies: [
                "CheckedYAML", "EventIntake", "Events", "PartnerAPI", "PartnerClient", "Rules", "Server", coreMetrics,
                lifecycle, locks, logging, metrics,
            ]
        ),
        .target(name: "PrometheusMetrics", dependencies: [coreMetrics, locks]),
        // Outbox, where the events and the jobs are; Messages, whose law says what is told again; Rules, for what depends on a
        // source; Rehearsal, whose past events it makes; ServiceConfiguration and Webhooks, for the sources that read bodies;
        // FairThreads, where rules are evaluated; Enrichment (what was looked up), PartnerAPI (templates), HTTPValues
        // (requests); Events.
        .target(
            name: "Replays",
            dependencies: [
                "Enrichment", "Events", "FairThreads", "HTTPValues", "Messages", "Outbox", "PartnerAPI", "Rehearsal",
                "Rules", "ServiceConfiguration", "Webhooks", httpTypes, locks,
            ]
        ),
        // Replays, for events as their rules saw them; Rules, which it asks, Rehearsal, for the past, and RuleDrafts, which
        // makes rules of events; ServiceConfiguration and Webhooks, for the sources that read bodies, HTTPValues, for a body that
        // nobody sent; Outbox and Messages, where events and opt-outs are; PartnerAPI, for templates; PhoneNumbers, for the
        // kinds of numbers; Presentation, to show it; Events.
        .target(
            name: "Inquiries",
            dependencies: [
                "Events", "HTTPValues", "Messages", "Outbox", "PartnerAPI", "PhoneNumbers", "Presentation", "Rehearsal",
                "Replays", "RuleDrafts", "Rules", "ServiceConfiguration", "Webhooks", httpTypes, orderedCollections,
            ]
        ),
        // ServiceConfiguration, which it examines; what stands in it: Rules and their tests (Rehearsal), CheckedYAML, Webhooks,
        // PhoneNumbers, Outbox and Messages (the store), PartnerClient, CurlTransport and PartnerAPI
        // (accounts), TemplateCatalogues (missing templates), TLS (certificates); Events; Presentation, for its table.
        .target(
            name: "Doctor",
            dependencies: [
                "CheckedYAML", "CurlTransport", "Events", "Messages", "Outbox", "PartnerAPI", "PartnerClient",
                "PhoneNumbers", "Presentation", "Rehearsal", "Rules", "ServiceConfiguration", "TemplateCatalogues",
                "TLS", "Webhooks", locks, orderedCollections,
            ]
        ),
        .target(name: "ServiceManager"),
        // The composition root: of ServiceConfiguration it makes what runs in Server, EventIntake,
        // DurableAPI, AdminAPI, Console, Rules, Delivery, LookUps, Digests, TemplateCatalogues, PrometheusMetrics,
        // PartnerClient and CurlTransport, Enrichment, Webhooks (certificates), HTTPValues (addresses), over Outbox and
        // Messages; CheckedYAML and Presentation, to tell how the rules were read; PhoneNumbers, for whom consent is
        // about; FairThreads, where rules are asked; Traces and TraceExport, to be
        // told of them; Events, for the clock. Replays, which its jobs need the rules for. Inquiries, for what the admin API asks of
        // rules, with RuleDrafts, for what these refuse, and Rehearsal, for which time is rehearsed. ServiceManager, which hears of its start and end. TLS, for
        // the certificates that it shows; MetricFamilies, for what is counted of it.
        .target(
            name: "HooklineApp",
            dependencies: [
                "AdminAPI", "CheckedYAML", "Console", "CurlTransport", "Delivery", "Digests", "DurableAPI",
                "Enrichment",
                "EventIntake",
                "Events", "FairThreads", "HTTPValues", "Inquiries", "LookUps", "Messages", "MetricFamilies", "Outbox",
                "PartnerClient", "PhoneNumbers",
                "Presentation", "PrometheusMetrics", "Rehearsal", "Replays", "RuleDrafts", "Rules", "Server",
                "ServiceConfiguration", "ServiceManager",
                "TLS", "TemplateCatalogues", "TraceExport", "Traces",
                "Webhooks", coreMetrics, lifecycle,
                lifecycleSignals, locks, logging, metrics, orderedCollections,
            ]
        ),
        // ServiceConfiguration, which commands begin with; what they try out: Webhooks, EventPatterns, Liquid, Sandbox,
        // CurlTransport, PartnerClient and PartnerAPI; Rules, which run there; what they look at: Outbox and Messages, HTTPValues (where it listens,
        // requests); Presentation, to show it; Events.
        .target(
            name: "CommandLogic",
            dependencies: [
                "CurlTransport", "EventPatterns", "Events", "HTTPValues", "Liquid", "Messages", "Outbox", "PartnerAPI",
                "PartnerClient", "Presentation", "Rules", "Sandbox", "ServiceConfiguration", "Webhooks", httpTypes,
                lifecycle,
                lifecycleSignals, logging, orderedCollections,
            ]
        ),
        // EmbeddedFiles, for rules and samples; Webhooks, for what a sender needs; PartnerAPI, for the sandbox's key; Events, for "did you mean".
        .target(name: "Starters", dependencies: ["EmbeddedFiles", "Events", "PartnerAPI", "Webhooks"]),
        // HooklineApp and Sandbox, which run in it; ServiceConfiguration, which says how; Outbox and Messages, where it sees what came;
        // Presentation, to show it; PartnerAPI and PartnerClient, for where the sandbox is; Events, for the clock.
        .target(
            name: "Workbench",
            dependencies: [
                "Events", "HooklineApp", "Messages", "Outbox", "PartnerAPI", "PartnerClient", "Presentation", "Sandbox",
                "ServiceConfiguration", lifecycle, lifecycleSignals, logging,
            ]
        ),
        // HooklineApp (serve), Starters (init), Workbench (dev), Doctor, Rehearsal (rules test), CommandLogic, Inquiries, Presentation and ServiceConfiguration, one behind each
        // command; the rest for their types: CheckedYAML, Events, Messages, Outbox, PartnerAPI, Rules,
        // Sandbox, Webhooks.
        // Replays, to look ahead; RuleDrafts, for what it refuses; ServiceManager, who started it; StoreCopying (store copy).
        // Cryptography, which comes before all else that calls OpenSSL.
        .executableTarget(
            name: "hookline",
            dependencies: [
                "CheckedYAML", "CommandLogic", "Cryptography", "Doctor", "Events", "HooklineApp", "Inquiries",
                "Messages", "Outbox", "PartnerAPI", "Presentation", "Rehearsal", "Replays", "RuleDrafts", "Rules",
                "Sandbox", "ServiceConfiguration", "ServiceManager", "Starters", "StoreCopying", "Webhooks",
                "Workbench", argumentParser, httpTypes, orderedCollections,
            ]
        ),

        // MARK: Tests
        .target(
            name: "TestSupport",
            dependencies: [
                "Events", "HTTPValues", "Messages", "Outbox", "PartnerAPI", httpTypes, lifecycle, locks, logging,
                subprocess, system,
            ],
            path: "Tests/TestSupport"
        ),
        .target(
            name: "MemoryOutbox",
            dependencies: ["Events", "Messages", "Outbox", locks],
            path: "Tests/MemoryOutbox"
        ),
        .target(name: "ExtremeNumbers", path: "Tests/ExtremeNumbers"),
        .target(name: "WireClient", dependencies: ["Events", "HTTPValues", nio, nioPosix], path: "Tests/WireClient"),
        .target(name: "FaultServer", dependencies: ["TestSupport", locks], path: "Tests/FaultServer"),
        .target(
            name: "PostgresServer",
            dependencies: ["PostgresConnection", "TestSupport", locks],
            path: "Tests/PostgresServer"
        ),
        .testTarget(
            name: "PostgresConnectionTests",
            dependencies: ["Events", "FaultServer", "PostgresConnection", "PostgresServer", "TestSupport"]
        ),
        .target(
            name: "WebhookVectors",
            dependencies: ["Events", "HTTPValues", "Webhooks", httpTypes],
            path: "Tests/WebhookVectors"
        ),
        .testTarget(name: "EmbeddedFilesTests", dependencies: ["EmbeddedFiles"]),
        .testTarget(name: "CryptographyTests", dependencies: ["Cryptography"], exclude: ["Fixtures"]),
        .testTarget(name: "EventsTests", dependencies: ["Events", "ExtremeNumbers", "TestSupport", bigInt]),
        .target(name: "DiagnosticsPage", path: "Tests/DiagnosticsPage"),
        .testTarget(name: "EventPatternsTests", dependencies: ["EventPatterns", "Events", "TestSupport"]),
        .testTarget(name: "TimeZonesTests", dependencies: ["Events", "TimeZones"]),
        .testTarget(name: "LiquidTests", dependencies: ["Events", "ExtremeNumbers", "Liquid"]),
        .testTarget(name: "PhoneNumbersTests", dependencies: ["PhoneNumbers"], exclude: ["Agreement"]),
        .testTarget(name: "PartnerAPITests", dependencies: ["Events", "PartnerAPI", httpTypes, orderedCollections]),
        .testTarget(
            name: "WebhooksTests",
            dependencies: [
                "Events", "ExtremeNumbers", "HTTPValues", "TestSupport", "WebhookVectors", "Webhooks", httpTypes,
            ],
            exclude: ["Fixtures"]
        ),
        .testTarget(name: "CheckedYAMLTests", dependencies: ["CheckedYAML", "Events"]),
        .testTarget(
            name: "RulesTests",
            dependencies: [
                "CheckedYAML", "DiagnosticsPage", "Events", "ExtremeNumbers", "Messages", "PartnerAPI", "PhoneNumbers",
                "Rehearsal", "Rules", "TestSupport", "Webhooks", httpTypes, orderedCollections,
            ],
            exclude: ["Fixtures"]
        ),
        .testTarget(
            name: "RehearsalTests",
            dependencies: [
                "Events", "MemoryOutbox", "Messages", "Outbox", "Rehearsal", "Rules", "TestSupport", httpTypes,
            ]
        ),
        .testTarget(
            name: "RuleDraftsTests",
            dependencies: [
                "CheckedYAML", "Events", "PartnerAPI", "Rehearsal", "RuleDrafts", "Rules", "Sandbox",
                "ServiceConfiguration", "Webhooks", orderedCollections,
            ]
        ),
        .testTarget(name: "TestSupportTests", dependencies: ["Events", "TestSupport"]),
        .testTarget(name: "MessagesTests", dependencies: ["Events", "Messages", "PartnerAPI", "TestSupport"]),
        .testTarget(name: "OutboxTests", dependencies: ["Events", "Messages", "Outbox", "PartnerAPI", "TestSupport"]),
        .testTarget(
            name: "OutboxStoreTests",
            dependencies: [
                "Events", "MemoryOutbox", "Messages", "Outbox", "PartnerAPI", "PostgresConnection", "PostgresOutbox",
                "PostgresServer", "SQLiteOutbox", "TestSupport",
            ]
        ),
        .testTarget(
            name: "PostgresOutboxTests",
            dependencies: [
                "Delivery", "Events", "FaultServer", "Messages", "Outbox", "PartnerAPI", "PostgresConnection",
                "PostgresOutbox", "PostgresServer", "TestSupport",
            ]
        ),
        .testTarget(
            name: "StoreCopyingTests",
            dependencies: [
                "Events", "Messages", "Outbox", "PostgresConnection", "PostgresOutbox", "PostgresServer",
                "SQLiteOutbox",
                "StoreCopying", "TestSupport", grdb, locks,
            ]
        ),
        .testTarget(
            name: "SQLiteOutboxTests",
            dependencies: [
                "CWriteAhead", "Events", "Messages", "Outbox", "PartnerAPI", "SQLiteOutbox", "TestSupport", grdb,
                httpTypes, locks,
            ]
        ),
        .testTarget(
            name: "DeliveryTests",
            dependencies: [
                "Delivery", "Events", "MemoryOutbox", "Messages", "Outbox", "PartnerAPI", "PostgresConnection",
                "PostgresOutbox", "PostgresServer", "SQLiteOutbox", "TestSupport", coreMetrics, inMemoryLogging,
                lifecycle, lifecycleTestKit, locks, logging, metricsTestKit,
            ]
        ),
        .testTarget(name: "CurlTransportTests", dependencies: ["CurlTransport", "FaultServer", "TestSupport", locks]),
        .target(name: "TraceCollector", dependencies: ["Events"], path: "Tests/TraceCollector"),
        .testTarget(name: "TracesTests", dependencies: ["Events", "Traces", locks]),
        .testTarget(
            name: "TraceExportTests",
            dependencies: [
                "CurlTransport", "Delivery", "Events", "FaultServer", "PrometheusMetrics", "TestSupport",
                "TraceCollector", "TraceExport", "Traces", inMemoryLogging, lifecycle, logging,
            ]
        ),
        .testTarget(
            name: "EnrichmentTests",
            dependencies: [
                "CurlTransport", "Enrichment", "Events", "FaultServer", "Liquid", "TestSupport", httpTypes,
            ]
        ),
        .testTarget(
            name: "PartnerClientTests",
            dependencies: [
                "CurlTransport", "Events", "FaultServer", "Messages", "Outbox", "PartnerAPI", "PartnerClient", locks,
            ]
        ),
        .testTarget(
            name: "SandboxTests",
            dependencies: [
                "CurlTransport", "Events", "ExtremeNumbers", "HTTPValues", "PartnerAPI", "Sandbox", "Server",
                "TestSupport", "WireClient", httpTypes, lifecycle, orderedCollections,
            ]
        ),
        .testTarget(name: "FairThreadsTests", dependencies: ["FairThreads", locks]),
        .testTarget(
            name: "EventIntakeTests",
            dependencies: [
                "EventIntake", "Events", "FairThreads", "HTTPValues", "MemoryOutbox", "Messages", "Outbox", "Rules",
                "TestSupport", "Webhooks", httpTypes, inMemoryLogging, locks, logging, metricsTestKit,
            ]
        ),
        .testTarget(
            name: "DurableAPITests",
            dependencies: [
                "DurableAPI", "EventIntake", "Events", "HTTPValues", "MemoryOutbox", "Messages", "Outbox", "PartnerAPI",
                "TestSupport", "Webhooks", coreMetrics, httpTypes,
            ]
        ),
        .testTarget(
            name: "ServerTests",
            dependencies: [
                "EventIntake", "Events", "HTTPValues", "Messages", "Outbox", "Rules", "SQLiteOutbox", "Server",
                "TLS",
                "TestSupport", "WebhookVectors", "Webhooks", "WireClient", coreMetrics, httpTypes, inMemoryLogging,
                lifecycle, locks, logging, nio, nioEmbedded, nioHTTP1, nioPosix,
            ]
        ),
        .target(
            name: "ScriptedCatalogues",
            dependencies: [
                "Events", "PartnerAPI", "PartnerClient", "TemplateCatalogues", "TestSupport", inMemoryLogging,
                logging,
            ],
            path: "Tests/ScriptedCatalogues"
        ),
        .testTarget(
            name: "ServiceConfigurationTests",
            dependencies: [
                "CheckedYAML", "DiagnosticsPage", "Events", "ExtremeNumbers", "HTTPValues", "Messages", "Outbox",
                "PartnerClient", "PostgresConnection", "PostgresOutbox", "Rules", "ServiceConfiguration", "TLS",
                "TestSupport",
                "Webhooks", orderedCollections,
            ]
        ),
        .testTarget(
            name: "PresentationTests",
            dependencies: [
                "Events", "Messages", "Outbox", "PartnerAPI", "Presentation", "Rules", "TestSupport", inMemoryLogging,
                logging,
            ]
        ),
        .testTarget(
            name: "LookUpsTests",
            dependencies: [
                "CurlTransport", "Enrichment", "EventIntake", "Events", "LookUps", "Messages", "Outbox", "PartnerAPI",
                "Rules", "SQLiteOutbox", "TestSupport", coreMetrics, lifecycle, locks,
            ]
        ),
        .testTarget(
            name: "DigestsTests",
            dependencies: [
                "Digests", "EventIntake", "Events", "Messages", "Outbox", "PartnerAPI", "Rules", "SQLiteOutbox",
                "TestSupport", coreMetrics,
            ]
        ),
        .testTarget(
            name: "ReplaysTests",
            dependencies: [
                "Events", "FairThreads", "MemoryOutbox", "Messages", "Outbox", "PartnerAPI", "Replays", "Rules",
                "ServiceConfiguration",
                "TestSupport",
                httpTypes, locks,
            ]
        ),
        .testTarget(
            name: "TemplateCataloguesTests",
            dependencies: [
                "Events", "PartnerAPI", "PartnerClient", "Rules", "ScriptedCatalogues", "TemplateCatalogues",
                "TestSupport", lifecycle, logging,
            ]
        ),
        .testTarget(
            name: "AdminAPITests",
            dependencies: [
                "AdminAPI", "Events", "HTTPValues", "MemoryOutbox", "Messages", "Outbox", "PartnerAPI", "Presentation",
                "SQLiteOutbox", "TestSupport", httpTypes, inMemoryLogging, logging, orderedCollections,
            ]
        ),
        .testTarget(
            name: "ConsoleTests",
            dependencies: [
                "AdminAPI", "Console", "Events", "HTTPValues", "MemoryOutbox", "Messages", "Outbox", "PartnerAPI",
                "Presentation", "TestSupport", httpTypes,
            ]
        ),
        .testTarget(name: "PrometheusMetricsTests", dependencies: ["PrometheusMetrics", metrics]),
        .testTarget(
            name: "DoctorTests",
            dependencies: [
                "CheckedYAML", "Doctor", "Events", "FaultServer", "HTTPValues", "Messages", "Outbox", "PartnerAPI",
                "PartnerClient", "PhoneNumbers", "Rules", "ScriptedCatalogues", "ServiceConfiguration",
                "TLS", "TemplateCatalogues", "TestSupport", "Webhooks",
            ]
        ),
        .testTarget(
            name: "InquiriesTests",
            dependencies: [
                "Events", "Inquiries", "MemoryOutbox", "Messages", "Outbox", "Presentation", "Rehearsal",
                "Rules", "ServiceConfiguration", "TestSupport", "Webhooks", httpTypes, locks,
            ]
        ),
        .testTarget(
            name: "HooklineAppTests",
            dependencies: [
                "CheckedYAML", "CommandLogic", "CurlTransport", "EventIntake", "Events", "HooklineApp", "HTTPValues",
                "Outbox", "PartnerAPI", "PartnerClient", "Presentation", "Rules", "ScriptedCatalogues",
                "ServiceConfiguration",
                "TemplateCatalogues", "TLS", "TestSupport", "Webhooks", coreMetrics, inMemoryLogging, locks, logging,
                metricsTestKit,
            ]
        ),
        .testTarget(
            name: "CommandTests",
            dependencies: ["TestSupport", "hookline"],
            exclude: ["Fixtures", "Snapshots"]
        ),
        .testTarget(name: "StartersTests", dependencies: ["Starters", "Webhooks"]),
        .testTarget(
            name: "WorkbenchTests",
            dependencies: [
                "CheckedYAML", "CommandLogic", "HTTPValues", "HooklineApp", "PartnerClient", "ServiceConfiguration",
                "Starters",
                "TestSupport", "Webhooks", "Workbench",
            ]
        ),
        .testTarget(name: "HTTPValuesTests", dependencies: ["HTTPValues"]),
        .testTarget(
            name: "TLSTests",
            dependencies: ["CLibssl", "Events", "TLS", "TestSupport", locks, nio, nioEmbedded]
        ),
        .testTarget(name: "ServiceManagerTests", dependencies: ["ServiceManager"]),
        .testTarget(
            name: "AcceptanceTests",
            dependencies: [
                "CommandLogic", "Cryptography", "CurlTransport", "Delivery", "Doctor", "Events", "FaultServer",
                "HooklineApp", "Messages", "Outbox", "PartnerAPI", "PostgresConnection", "PostgresServer",
                "Presentation", "Rules", "Sandbox", "ServiceConfiguration", "SQLiteOutbox", "TestSupport",
                "TraceCollector", "Webhooks", "hookline", grdb, httpTypes, inMemoryLogging, lifecycle, logging,
            ],
            exclude: ["Fixtures"]
        ),
    ],
    cxxLanguageStandard: .cxx17
)

// The benchmarks are no part of the product: `make bench` puts them into the graph.
if Context.environment["BENCHMARKS"] == "1" {
    package.targets += [
        .executableTarget(
            name: "EndToEndBenchmark",
            dependencies: [
                "CheckedYAML", "CommandLogic", "CurlTransport", "Delivery", "Events", "HTTPValues", "HooklineApp",
                "Messages", "Outbox", "Rules", "SQLiteOutbox", "Server", "ServiceConfiguration",
                "Webhooks", argumentParser, httpTypes, lifecycle, locks, logging, nio, nioHTTP1, nioPosix,
            ],
            path: "Benchmarks/EndToEnd"
        ),
        .executableTarget(
            name: "EvaluationBenchmark",
            dependencies: [
                "EventIntake", "EventPatterns", "Events", "HTTPValues", "Liquid", "Messages", "Outbox", "PartnerAPI",
                "PhoneNumbers", "PrometheusMetrics", "Rules", "Webhooks", httpTypes, locks, logging,
            ],
            path: "Benchmarks/EvaluationBenchmark"
        ),
        .target(
            name: "DeliveryPartner",
            path: "Benchmarks/DeliveryPartner",
            linkerSettings: [.linkedLibrary("curl")]
        ),
        .executableTarget(
            name: "DeliveryBenchmark",
            dependencies: [
                "CurlTransport", "Delivery", "DeliveryPartner", "Events", "Messages", "Outbox", "PartnerAPI",
                "PartnerClient", "SQLiteOutbox", coreMetrics, httpTypes, lifecycle, locks, logging,
            ],
            path: "Benchmarks/Delivery"
        ),
        .executableTarget(
            name: "StoreBenchmark",
            dependencies: ["Events", "Messages", "Outbox", "PartnerAPI", "SQLiteOutbox", grdbSQLite, httpTypes],
            path: "Benchmarks/StoreBenchmark"
        ),
        .executableTarget(
            name: "PostgresBenchmark",
            dependencies: [
                "Events", "Messages", "Outbox", "PartnerAPI", "PostgresConnection", "PostgresOutbox", httpTypes,
            ],
            path: "Benchmarks/PostgresBenchmark",
            exclude: ["cycle.sql", "postgres.py"]
        ),
        .executableTarget(
            name: "BacktestBenchmark",
            dependencies: [
                "Events", "Inquiries", "Messages", "Outbox", "Rehearsal", "Rules", "SQLiteOutbox",
                "ServiceConfiguration",
            ],
            path: "Benchmarks/BacktestBenchmark"
        ),
        .executableTarget(
            name: "PatternBenchmark",
            dependencies: ["EventPatterns", "Events"],
            path: "Benchmarks/PatternBenchmark"
        ),
        .executableTarget(
            name: "LiquidBenchmark",
            dependencies: ["Events", "Liquid"],
            path: "Benchmarks/LiquidBenchmark",
            exclude: ["compare.py", "workload.json"]
        ),
    ]
}

// `TESTS=LiquidTests,RulesTests swift test …` builds these test targets alone: a change is tried in a fraction of the time.
if let wanted = Context.environment["TESTS"]?.split(separator: ",").map(String.init), !wanted.isEmpty {
    package.targets.removeAll { $0.type == .test && !wanted.contains($0.name) }
}

/// The targets that touch C: every unsafe expression in them is marked.
let strictlyMemorySafe: Set<String> = [
    "Cryptography", "Events", "PhoneNumbers", "CurlTransport", "PostgresConnection", "SQLiteOutbox", "EmbeddedFiles",
    "ServiceManager", "TLS",
]

for target in package.targets
where target.type != .system
    && !["CJSON", "CEmbeddedFiles", "CPhoneNumber", "CWriteAhead", "DeliveryPartner"].contains(target.name)
{
    target.swiftSettings = [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
        .treatAllWarnings(as: .error),
    ]
    if strictlyMemorySafe.contains(target.name) { target.swiftSettings?.append(.strictMemorySafety()) }
}
