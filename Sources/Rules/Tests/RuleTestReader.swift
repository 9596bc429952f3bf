// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CheckedYAML
import Events
import Foundation
import HTTPTypes
import Messages
import PartnerAPI

/// Turns the nodes of tests into tests that can run; what is missing or unreadable becomes a diagnostic.
struct RuleTestReader {
    private let source: SourceText
    /// The source of events that name none.
    private let defaultSource: String?
    /// The file whose rules alone are asked; `nil` for all.
    private let scope: String?
    private let fileCountry: String?
    private let fileTemplates: YAMLNode?
    private let filePreset: YAMLNode?
    private let senders: KnownSenders
    private(set) var diagnostics: [Diagnostic] = []

    /// Reads the tests of a rule file.
    init(_ file: RuleFile, _ senders: KnownSenders) {
        source = file.source
        defaultSource = file.sources?.first
        scope = file.source.path
        fileCountry = nil
        fileTemplates = nil
        filePreset = file.preset
        self.senders = senders
    }

    /// Reads a `*_test.yaml` file.
    init(_ source: SourceText, root: YAMLNode, _ senders: KnownSenders) {
        self.source = source
        defaultSource = root["source"]?.text
        scope = nil
        fileCountry = root["country"]?.text
        fileTemplates = root["templates"]
        filePreset = root["preset"]
        self.senders = senders
    }

    /// Reads the tests beside rules and those of test files.
    ///
    /// - Parameters:
    ///   - files: Rule files.
    ///   - testFiles: Paths of `*_test.yaml` files.
    ///   - senders: What is known of the events' senders.
    /// - Returns: The tests that can run, and what was found.
    static func read(
        _ files: [RuleFile],
        _ testFiles: [String],
        _ senders: KnownSenders
    ) -> (tests: [RuleTest], diagnostics: [Diagnostic]) {
        var tests: [RuleTest] = []
        var diagnostics: [Diagnostic] = []
        for file in files {
            var reader = RuleTestReader(file, senders)
            tests += reader.read(file.tests)
            diagnostics += reader.diagnostics
        }
        for path in testFiles { tests += read(path, senders, &diagnostics) }
        return (tests, diagnostics)
    }

    private static func read(_ path: String, _ senders: KnownSenders, _ diagnostics: inout [Diagnostic]) -> [RuleTest] {
        do throws(Diagnostic) {
            let source = try SourceText(path: path, bytes: try RulePaths.contents(of: path))
            var reader = YAMLReader(source, showsValues: true)
            guard let root = reader.read() else {
                diagnostics += reader.diagnostics
                return []
            }
            var checker = ShapeChecker()
            checker.check(root, .object(TestShape.file))
            var tests = RuleTestReader(source, root: root, senders)
            _ = tests.country(root["country"])
            let found = tests.read(root["tests"]?.elements ?? [])
            diagnostics += reader.diagnostics + checker.diagnostics + tests.diagnostics
            return found
        } catch {
            diagnostics.append(error)
            return []
        }
    }

    /// Reads tests.
    ///
    /// - Parameter nodes: Entries of `tests`, which have the right shape.
    /// - Returns: The tests that can run.
    mutating func read(_ nodes: [YAMLNode]) -> [RuleTest] {
        nodes.compactMap { read($0) }
    }

    private mutating func read(_ node: YAMLNode) -> RuleTest? {
        guard node.entries != nil else { return nil }
        let before = diagnostics.count
        let now = instant(node["now"]) ?? RuleTest.defaultNow
        let eventNodes = node["events"]?.elements ?? [node["event"]].compactMap(\.self)
        let events = eventNodes.compactMap { event($0, now: now) }
        checkOrder(eventNodes, now)
        let catalogue = (node["templates"] ?? fileTemplates).flatMap { self.catalogue($0) }
        let preset = preset(node["preset"] ?? filePreset)
        let country = country(node["country"]) ?? fileCountry
        guard diagnostics.count == before else { return nil }
        return RuleTest(
            name: node["name"]?.text ?? "line \(node.location.line)",
            location: node.location,
            file: scope,
            events: events,
            timeZone: node["zone"]?.text.flatMap(TimeZone.init(identifier:)) ?? .gmt,
            country: country,
            conventions: Dictionary(
                events.map { ($0.source, senders.conventions(of: $0.source, preset: preset)) }
            ) { first, _ in first },
            catalogue: catalogue,
            optOuts: optOuts(node["consent"], now),
            expected: node["expect"]?.elements ?? []
        )
    }

    /// Who wants no messages, by their numbers or as `contact:ID`.
    private func optOuts(_ node: YAMLNode?, _ now: Timestamp) -> [ConsentEntry] {
        (node?.entries ?? []).compactMap { entry in
            guard let scope = entry.value.text.flatMap(ConsentScope.init) else { return nil }
            let name = entry.key.hasPrefix("contact:") ? entry.key : "phone:\(entry.key.filter(\.isNumber))"
            return ConsentEntry(name, .optedOut, scope, origin: .operator, at: now, who: "the test")
        }
    }

    /// Events that go back in time: what is due between them would leave in another order than in the service.
    private mutating func checkOrder(_ nodes: [YAMLNode], _ now: Timestamp) {
        var last = (time: nodes.first.flatMap { instant($0["at"]) } ?? now, node: nodes.first)
        for node in nodes.dropFirst() {
            let time = instant(node["at"]) ?? now
            defer { if time > last.time { last = (time, node) } }
            guard time < last.time else { continue }
            let found = node["at"]?.text.map { "'\($0)'" } ?? "no 'at', which is the test's 'now', \(now.rfc3339),"
            let before = last.node?["at"]?.text ?? last.time.rfc3339
            report(
                node["at"] ?? node,
                "found \(found) after an event at '\(before)'; expected the events in the order in which they arrive"
            )
        }
    }

    /// A stated country; one that nobody knows is a mistake.
    private mutating func country(_ node: YAMLNode?) -> String? {
        if let mistake = node.flatMap({ CountryName.mistake(in: $0, .invalidTest) }) { diagnostics.append(mistake) }
        return node?.text
    }

    private mutating func preset(_ node: YAMLNode?) -> String? {
        guard let node, let name = node.text else { return nil }
        if !senders.presets.isEmpty, senders.presets[name] == nil {
            let hint = NearMiss.nearest(to: name, among: senders.presets.keys.sorted())
            let message = "found no preset '\(name)'; expected a name of 'hookline sources list'"
            diagnostics.append(
                Diagnostic(.invalidTest, at: node.location, message, hint: hint.map { "did you mean '\($0)'?" })
            )
        }
        return name
    }

    private func instant(_ node: YAMLNode?) -> Timestamp? {
        node?.text.flatMap { Timestamp(rfc3339: $0) }
    }

    private mutating func event(_ node: YAMLNode, now: Timestamp) -> Event? {
        guard let source = node["source"]?.text ?? defaultSource else {
            report(node, "found an event without 'source' in a file that names none; expected one")
            return nil
        }
        guard let bytes = body(node) else { return nil }
        do throws(JSONError) {
            let time = instant(node["at"]) ?? now
            return Event(
                id: EventID(rawValue: "evt_test"),
                source: source,
                type: node["type"]?.text ?? "",
                senderID: node["id"]?.text,
                time: instant(node["time"]),
                receivedAt: time,
                headers: headers(node["headers"]),
                rawBody: bytes,
                payload: try JSONDocument(bytes)
            )
        } catch {
            let place = node["file"]?.text.map { " in '\($0)'" } ?? ""
            report(node["file"] ?? node, "found an event\(place) that is not JSON: \(error); expected a JSON body")
            return nil
        }
    }

    private mutating func body(_ node: YAMLNode) -> [UInt8]? {
        if let file = node["file"] { return contents(file) }
        return node.entries?.first { $0.key == "body" }?.value.json.encoded()
    }

    private mutating func contents(_ node: YAMLNode) -> [UInt8]? {
        guard let name = node.text else { return nil }
        let folder = URL(filePath: source.path).deletingLastPathComponent()
        guard let data = try? Data(contentsOf: URL(filePath: name, relativeTo: folder)) else {
            report(node, "found no file '\(name)'; expected one, seen from the folder of this file")
            return nil
        }
        return Array(data)
    }

    private func headers(_ node: YAMLNode?) -> HTTPFields {
        var headers: HTTPFields = [:]
        for entry in node?.entries ?? [] {
            guard let name = HTTPField.Name(entry.key), let value = entry.value.text else { continue }
            headers.append(HTTPField(name: name, value: value))
        }
        return headers
    }

    private mutating func catalogue(_ node: YAMLNode) -> TemplateCatalogue? {
        guard let bytes = contents(node) else { return nil }
        do throws(JSONError) {
            if let catalogue = TemplateCatalogue(try JSON(parsing: bytes)) { return catalogue }
            report(node, "found a file that is no template catalogue; expected an answer of GET /templates")
        } catch {
            report(node, "found a file that is not JSON: \(error); expected an answer of GET /templates")
        }
        return nil
    }

    private mutating func report(_ node: YAMLNode, _ message: String) {
        diagnostics.append(Diagnostic(.invalidTest, at: node.location, message))
    }
}
