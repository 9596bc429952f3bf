// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
internal import OrderedCollections
package import PartnerAPI

// The two notations of a fault: JSON for `/sandbox/faults`, and `kind,key=value,…` for the command line, with the same
// kinds and keys.

extension SandboxFault {
    /// The most seconds of a latency or a `Retry-After`: a day.
    private static let maxSeconds = 86_400.0
    private static let members = [
        "kind", "status", "code", "shape", "seconds", "retryAfterSeconds", "retryAfterAsDate", "rate", "skip", "times",
        "phone", "seen", "struck",
    ]
    private static let plainKinds: OrderedDictionary<String, Kind> = [
        "hangBeforeAccepting": .hangBeforeAccepting, "hangAfterAccepting": .hangAfterAccepting,
        "dropBeforeAccepting": .dropBeforeAccepting, "dropAfterAccepting": .dropAfterAccepting,
        "malformedBody": .malformedBody, "heldForQuality": .heldForQuality, "proxyPage": .proxyPage,
        "unsuccessful": .unsuccessful,
        "revokeKey": .revokeKey, "pauseTemplate": .pauseTemplate,
    ]

    /// Reads a fault of the command line.
    ///
    /// - Parameter text: Such as `status,status=429,retryAfterSeconds=5,rate=0.1` or `dropAfterAccepting,skip=3,times=1`.
    /// - Throws: `PartnerError` that says what was found and what was expected.
    package init(text: String) throws(PartnerError) {
        var members: OrderedDictionary<String, JSON> = [:]
        for (position, part) in text.split(separator: ",", omittingEmptySubsequences: false).enumerated() {
            let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if position == 0, pair.count == 1 {
                members["kind"] = .string(String(part))
                continue
            }
            guard pair.count == 2 else { throw Self.mistake("'\(part)' is no 'key=value'") }
            let value = String(pair[1])
            let word: JSON = value == "true" ? true : value == "false" ? false : .string(value)
            members[String(pair[0])] = JSONNumber(value).map { .number($0) } ?? word
        }
        try self.init(json: .object(members))
    }

    /// Reads a fault of `/sandbox/faults`.
    ///
    /// - Parameter json: Such as `{"kind": "status", "status": 503, "rate": 0.1}`.
    /// - Throws: `PartnerError` that says what was found and what was expected.
    package init(json: JSON) throws(PartnerError) {
        guard let object = json.object else { throw Self.mistake("found \(json.typeName); expected an object") }
        for key in object.keys where !Self.members.contains(key) {
            throw Self.mistake("'\(key.prefix(40))' is unknown; expected \(Self.members.joined(separator: ", "))")
        }
        let rate = try Self.number(object, "rate", 0...1)
        let skip = try Self.number(object, "skip", 0...1e9)
        let times = try Self.number(object, "times", 1...1e9)
        self.init(
            try Self.kind(object),
            rate: rate ?? 1,
            skip: Int(skip ?? 0),
            times: times.map { Int($0) },
            phone: try Self.phone(object)
        )
    }

    private static func kind(_ object: OrderedDictionary<String, JSON>) throws(PartnerError) -> Kind {
        switch object["kind"]?.string {
        case "status":
            guard let status = try number(object, "status", 400...599) else {
                throw mistake("'status' is missing; expected 400 to 599")
            }
            return .status(Int(status), retryAfter: try retryAfter(object))
        case "meta":
            guard let code = try number(object, "code", 0...9_999_999), code == code.rounded() else {
                throw mistake("'code' is missing; expected one of Meta's codes, such as 131056")
            }
            let status = try number(object, "status", 200...599).map { Int($0) }
            let fault = MetaFault(
                Int(code),
                shape: try shape(object),
                status: status,
                retryAfter: try retryAfter(object)
            )
            return .meta(fault)
        case "latency":
            guard let seconds = try number(object, "seconds", 0...maxSeconds) else {
                throw mistake("'seconds' is missing; expected how long the answer waits")
            }
            return .latency(.microseconds(Int64(seconds * 1_000_000)))
        case let name?:
            if let kind = plainKinds[name] { return kind }
            throw mistake("the kind '\(name.prefix(40))' is unknown; expected \(kindNames)")
        case nil:
            throw mistake("'kind' is missing; expected \(kindNames)")
        }
    }

    private static var kindNames: String { (["status", "meta", "latency"] + plainKinds.keys).joined(separator: ", ") }

    private static func shape(_ object: OrderedDictionary<String, JSON>) throws(PartnerError) -> MetaFault.Shape {
        guard let value = object["shape"] else { return .plain }
        guard let shape = value.string.flatMap(MetaFault.Shape.init) else {
            let known = MetaFault.Shape.allCases.map(\.rawValue).joined(separator: ", ")
            throw mistake("'shape' is unknown; expected \(known)")
        }
        return shape
    }

    /// The recipient's digits; on the command line they are a number.
    private static func phone(_ object: OrderedDictionary<String, JSON>) throws(PartnerError) -> String? {
        guard let value = object["phone"] else { return nil }
        let digits = value.string ?? value.number?.text ?? ""
        guard (1...15).contains(digits.utf8.count), digits.allSatisfy({ $0.isASCII && $0.isNumber }) else {
            throw mistake("'phone' is no number; expected digits with country code")
        }
        return digits
    }

    private static func retryAfter(_ object: OrderedDictionary<String, JSON>) throws(PartnerError) -> RetryAfter? {
        guard let seconds = try number(object, "retryAfterSeconds", 0...maxSeconds) else { return nil }
        switch object["retryAfterAsDate"] {
        case nil, .bool(false)?: return .seconds(Int(seconds))
        case .bool(true)?: return .date(inSeconds: Int(seconds))
        case let other?: throw mistake("'retryAfterAsDate' is \(other.typeName); expected true or false")
        }
    }

    private static func number(
        _ object: OrderedDictionary<String, JSON>,
        _ name: String,
        _ range: ClosedRange<Double>
    ) throws(PartnerError) -> Double? {
        guard let value = object[name] else { return nil }
        guard let number = value.number.flatMap({ Double($0.text) }), range.contains(number) else {
            let ends = [range.lowerBound, range.upperBound].map { $0 == $0.rounded() ? "\(Int($0))" : "\($0)" }
            throw mistake("'\(name)' is out of range; expected a number from \(ends[0]) to \(ends[1])")
        }
        return number
    }

    private static func mistake(_ reason: String) -> PartnerError {
        PartnerError(422, "BAD_FAULT", reason)
    }

    /// The fault as `/sandbox/faults` takes and shows it.
    package var json: JSON {
        var object: OrderedDictionary<String, JSON> = [:]
        switch kind {
        case .status(let status, let retryAfter):
            object = ["kind": "status", "status": .number(JSONNumber(status))]
            object.merge(Self.members(retryAfter)) { $1 }
        case .meta(let fault): object = fault.members.merging(Self.members(fault.retryAfter)) { $1 }
        case .latency(let duration): object = ["kind": "latency", "seconds": Self.number(duration.inSeconds)]
        default: object["kind"] = Self.plainKinds.first { $0.value == kind }.map { .string($0.key) }
        }
        object["rate"] = Self.number(rate)
        object["skip"] = .number(JSONNumber(skip))
        if let times { object["times"] = .number(JSONNumber(times)) }
        if let phone { object["phone"] = .string(phone) }
        return .object(object)
    }

    private static func members(_ retryAfter: RetryAfter?) -> OrderedDictionary<String, JSON> {
        switch retryAfter {
        case .seconds(let seconds)?: ["retryAfterSeconds": .number(JSONNumber(seconds))]
        case .date(let seconds)?: ["retryAfterSeconds": .number(JSONNumber(seconds)), "retryAfterAsDate": true]
        case nil: [:]
        }
    }

    /// Swift writes 1e-05 where JSON takes it just so.
    private static func number(_ value: Double) -> JSON {
        JSONNumber("\(value)").map { .number($0) } ?? .null
    }
}
