// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import HTTPTypes
internal import HTTPValues
internal import NIOHTTP1

extension HTTPRequestHead {
    /// Why a head is not served; `nil` when nothing speaks against it.
    func refusal(_ limits: HTTPLimits) -> HTTPRefusal? {
        if let refusal = sizeRefusal(limits) { return refusal }
        let hosts = headers.count { $0.name.isHost }
        // RFC 9112, section 3.2: 400 for HTTP/1.1 without the header and for any request with several.
        if hosts > 1 || hosts == 0 && !isOld { return .badHost(found: hosts) }
        return expectations.allSatisfy(Self.isContinue) ? nil : .unknownExpectation
    }

    /// Whether the client waits for leave to send the body (RFC 9110, section 10.1.1).
    ///
    /// HTTP/1.0 does not know that.
    var expectsContinue: Bool {
        !isOld && expectations.contains(where: Self.isContinue)
    }

    /// Nearly always none: then no list is made.
    private var expectations: [String] { headers.first(name: "expect") == nil ? [] : headers["expect"] }

    /// Whether it is of a version before HTTP/1.1.
    private var isOld: Bool { version.major < 1 || version.major == 1 && version.minor == 0 }

    private static func isContinue(_ expectation: String) -> Bool {
        expectation.lowercased() == "100-continue"
    }

    /// Which limit a head is over; `nil` when it is within all.
    private func sizeRefusal(_ limits: HTTPLimits) -> HTTPRefusal? {
        let targetBytes = uri.utf8.count
        if targetBytes > limits.targetBytes { return .targetTooLong(limits, found: targetBytes) }
        if headers.count > limits.headerFields {
            return .headersTooLarge("The head has \(headers.count) fields", allowed: "\(limits.headerFields)")
        }
        var sum = 0
        for (name, value) in headers {
            let size = name.utf8.count + value.utf8.count
            sum += size
            guard size > limits.headerFieldBytes else { continue }
            let found = "The header \(name.prefix(64)) has \(size) bytes"
            return .headersTooLarge(found, allowed: "\(limits.headerFieldBytes)")
        }
        guard sum > limits.headerBytes else { return nil }
        return .headersTooLarge("The head's fields have \(sum) bytes", allowed: "\(limits.headerBytes)")
    }
}

extension HTTPRequest.Method {
    /// The same method; the decoder lets none through whose name would be no token.
    init(_ method: HTTPMethod) {
        switch method {
        case .POST: self = .post
        case .GET: self = .get
        case .HEAD: self = .head
        case .PUT: self = .put
        case .OPTIONS: self = .options
        default: self = HTTPRequest.Method(rawValue: method.rawValue) ?? .trace
        }
    }
}

/// Makes a request's fields of the decoder's, but for the one `Host`, which says where a request went and not what it is.
///
/// The requests of a connection mostly have the same names in the same order: those are read once, and then compared.
struct FieldReader {
    /// So much of a head is remembered: nobody fills the memory with names.
    private static let mostNames = 32
    private static let longestName = 64

    /// The names of the last request, by their place.
    private var names: [HTTPField.Name] = []

    /// The same fields.
    mutating func fields(_ headers: HTTPHeaders) -> HTTPFields {
        var fields: [HTTPField] = []
        fields.reserveCapacity(headers.count)
        for (name, value) in headers where !name.isHost {
            if let name = self.name(name, at: fields.count) { fields.append(HTTPField(name: name, value: value)) }
        }
        return HTTPFields(fields)
    }

    private mutating func name(_ text: String, at place: Int) -> HTTPField.Name? {
        if place < names.count, names[place].rawName == text { return names[place] }
        guard let name = HTTPField.Name(text) else { return nil }
        guard place < Self.mostNames, text.utf8.count <= Self.longestName else { return name }
        if place < names.count { names[place] = name } else if place == names.count { names.append(name) }
        return name
    }
}

extension String {
    fileprivate var isHost: Bool { utf8.count == 4 && lowercased() == "host" }
}
