// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events
internal import HTTPTypes
internal import HTTPValues

/// Reads what a request holds as its route says, and finds everything that is wrong in it.
enum RequestReading {
    /// The query, each parameter once and as it may be.
    static func query(of request: InboundRequest, _ route: Route) throws(APIProblem) -> [String: String] {
        var found: [String: String] = [:]
        var mistakes: [FieldMistake] = []
        let start = request.target.firstIndex(of: "?") ?? request.target.endIndex
        for pair in request.target[start...].dropFirst().split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = decoded(parts[0]) ?? ""
            guard let parameter = route.query.first(where: { $0.name == name }) else {
                let known = route.query.map(\.name).joined(separator: ", ")
                let expected = known.isEmpty ? "this takes none" : "expected \(known)"
                mistakes.append(.init(.parameter(String(name.prefix(100))), "is not known; \(expected)"))
                continue
            }
            if found[name] != nil {
                mistakes.append(.init(.parameter(name), "stands there twice"))
            } else if let value = parts.count == 2 ? decoded(parts[1]) : "" {
                found[name] = value
                if let mistake = parameter.mistake(in: value) { mistakes.append(.init(.parameter(name), mistake)) }
            } else {
                mistakes.append(.init(.parameter(name), "is no text in UTF-8"))
            }
        }
        for parameter in route.query where parameter.isRequired && found[parameter.name] == nil {
            mistakes.append(.init(.parameter(parameter.name), "is missing"))
        }
        guard mistakes.isEmpty else {
            throw APIProblem(.badParameter, "The query has \(mistakes.count.counted("mistake")).", mistakes)
        }
        return found
    }

    /// The body as JSON; an empty object where a route reads one and none came.
    static func body(of request: InboundRequest, _ route: Route) throws(APIProblem) -> JSON {
        guard let shape = route.body else {
            guard request.body.isEmpty else { throw APIProblem(.badBody, "A body came where none is read.") }
            return [:]
        }
        var body: JSON = [:]
        if !request.body.isEmpty {
            let type = request.headers.value(of: .contentType)?.prefix { $0 != ";" }.lowercased()
            guard type?.trimmed == "application/json" else {
                throw APIProblem(.unsupportedMediaType, "The body must say that it is application/json.")
            }
            do {
                body = try JSON(parsing: request.body)
            } catch {
                throw APIProblem(.badBody, "The body is no JSON.", [.init(.pointer("#"), "\(error)")])
            }
        }
        let mistakes = shape.mistakes(in: body)
        guard mistakes.isEmpty else {
            throw APIProblem(.badBody, "The body has \(mistakes.count.counted("mistake")).", mistakes)
        }
        return body
    }

    /// The segments of a path below the base path, decoded; `nil` for what is no text.
    static func segments(_ path: Substring) -> [String]? {
        var segments: [String] = []
        for part in path.split(separator: "/", omittingEmptySubsequences: false).dropFirst() {
            guard let text = decoded(part, plusIsSpace: false) else { return nil }
            segments.append(text)
        }
        return segments
    }

    /// The validators of a header `If-Match` or `If-None-Match`.
    static func tags(_ header: String) -> [String] {
        header.split(separator: ",").map { String($0).trimmed }
    }

    private static func decoded(_ text: Substring, plusIsSpace: Bool = true) -> String? {
        String(validating: PercentEncoding.decode(Array(text.utf8)[...], plusIsSpace: plusIsSpace), as: UTF8.self)
    }
}

extension String {
    /// Without white space at its ends.
    fileprivate var trimmed: String {
        String(drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
    }
}
