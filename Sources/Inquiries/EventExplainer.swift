// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
internal import Foundation
package import HTTPTypes
internal import HTTPValues
package import Messages
package import PartnerAPI
package import Presentation
internal import Replays
package import Rules
package import ServiceConfiguration
package import Webhooks

/// Why an event cannot be explained.
package struct ExplainError: Error, Hashable, Sendable {
    /// One sentence.
    package let reason: String
}

/// Answers "why did this (not) send?" for an event in a file.
///
/// The body goes the way of a real one but for the signature: it is received by the source and evaluated. So type, id
/// and time come from where the source takes them.
package struct EventExplainer: Sendable {
    /// Which event, as a command's options say it.
    package struct Request: Sendable {
        /// The source's name, which rules refer to.
        package var source: String
        /// The preset, for a source that the configuration does not have.
        package var preset: String?
        /// The event's type, where it is not in the body.
        package var type: String?
        /// More headers.
        package var headers: HTTPFields
        /// The body.
        package var body: [UInt8]

        package init(source: String, preset: String?, type: String?, headers: HTTPFields, body: [UInt8]) {
            self.source = source
            self.preset = preset
            self.type = type
            self.headers = headers
            self.body = body
        }
    }

    private let rules: RuleSet
    private let catalogue: TemplateCatalogue?
    private let limits: [NamedLimit]
    private let clock: any WallClock

    /// An explainer over rules.
    ///
    /// - Parameters:
    ///   - rules: The rules.
    ///   - catalogue: The templates to show messages with, and to hold them against.
    ///   - limits: The limits of the configuration.
    ///   - clock: What time it is.
    package init(
        rules: RuleSet,
        catalogue: TemplateCatalogue?,
        limits: [NamedLimit] = [],
        clock: any WallClock = SystemClock()
    ) {
        self.rules = rules
        self.catalogue = catalogue
        self.limits = limits
        self.clock = clock
    }

    /// What every rule makes of each event of the body, then each message as its customer reads it, then its checks.
    ///
    /// - Parameters:
    ///   - request: The event.
    ///   - source: The configured source of that name, if there is one.
    /// - Returns: A report for each event.
    /// - Throws: ``ExplainError`` when the body cannot be an event.
    package func explain(_ request: Request, source: Source?) throws(ExplainError) -> ExplainedBody {
        let (source, events) = try Self.events(of: request, source: source, at: clock.now)
        let now = clock.now
        return ExplainedBody(reports: events.map { report($0, of: source, at: now) })
    }

    /// What every rule makes of an event.
    func report(_ event: Event, of source: Source, at now: Timestamp) -> ExplainReport {
        let context = EvaluationContext(of: source, now: now, catalogue: catalogue, limits: limits)
        return ExplainReport(explanation: rules.explain(event, in: context), catalogue: catalogue)
    }

    /// The events of a body, as their source reads it when nothing is verified.
    ///
    /// - Parameters:
    ///   - request: The event.
    ///   - source: The configured source of that name, if there is one.
    ///   - now: The time.
    /// - Returns: The source, which is made up where the configuration has none, and at least one event.
    /// - Throws: ``ExplainError`` when the body cannot be an event.
    package static func events(
        of request: Request,
        source: Source?,
        at now: Timestamp
    ) throws(ExplainError) -> (source: Source, events: [Event]) {
        let source = if let source { source } else { try unconfigured(request) }
        return (source, try events(request, source.withoutVerification, now))
    }

    /// A source that exists for this question alone.
    private static func unconfigured(_ request: Request) throws(ExplainError) -> Source {
        let isPreset = Preset.named(request.source) != nil
        var settings = SourceSettings(
            name: request.source,
            preset: request.preset ?? (isPreset ? request.source : nil),
            verify: ["scheme": "none"]
        )
        // Meta's presets want one; nobody checks an address here.
        settings.handshakeToken = .init("of no importance: nothing leaves this process")
        if settings.preset == nil { settings.eventType = "body.type" }
        do {
            return try Source(settings)
        } catch {
            throw ExplainError(reason: "\(error)")
        }
    }

    private static func events(
        _ request: Request,
        _ source: Source,
        _ now: Timestamp
    ) throws(ExplainError) -> [Event] {
        let signed = source.sign(request.body, type: request.type, now: now)
        var headers = signed.headers
        for field in request.headers { headers[field.name] = field.value }
        let method = source.preset.methods.first ?? .post
        let inbound = InboundRequest(
            method: method,
            target: source.path + signed.queryString,
            headers: headers,
            body: signed.body ?? request.body
        )
        switch source.fromAnywhere.receive(inbound, now: now) {
        case .events(let events):
            guard !events.isEmpty else { throw ExplainError(reason: "the body holds no event") }
            return events.map { $0.event.replacing(type: request.type) }
        case .parked(let parked): throw ExplainError(reason: "the body would be parked: \(parked.reason)")
        case .rejected(let rejection): throw ExplainError(reason: "the request would be refused: \(rejection.reason)")
        case .handshake, .needs: throw ExplainError(reason: "the request is a check of the address, not an event")
        }
    }
}

/// Where `--templates` takes the templates from.
package enum TemplateSource: Hashable, Sendable {
    /// The partner, as it has them now.
    case live
    /// A file with JSON as `GET /templates` answers.
    case file(String)

    /// Reads the option's value.
    ///
    /// - Parameter text: `live`, or a path.
    package init(_ text: String) {
        self = text == "live" ? .live : .file(text)
    }

    /// The templates.
    ///
    /// - Parameter settings: The configuration, which `live` needs.
    /// - Returns: The catalogue.
    /// - Throws: ``PartnerAccessError`` when there is none.
    package func catalogue(
        _ settings: () throws -> Settings
    ) async throws -> TemplateCatalogue {
        switch self {
        case .live: return try await PartnerAccess.catalogue(account: nil, settings: try settings())
        case .file(let path):
            guard let data = FileManager.default.contents(atPath: path) else {
                throw PartnerAccessError(reason: "\(path): cannot be read; expected a file")
            }
            do {
                if let catalogue = TemplateCatalogue(try JSON(parsing: Array(data))) { return catalogue }
            } catch {
                throw PartnerAccessError(reason: "\(path): \(error)")
            }
            throw PartnerAccessError(
                reason: "\(path): found no list of templates; expected JSON as GET /templates answers"
            )
        }
    }
}
