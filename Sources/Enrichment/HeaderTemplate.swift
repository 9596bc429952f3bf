// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import CurlTransport
import Liquid

/// A header line of a look-up: a text, Liquid, or a file that is read each time.
///
/// Outputs are not encoded; a value with a control character in it, which could smuggle a line, is refused.
struct HeaderTemplate: Sendable {
    /// Why a line could not be made; never with its value.
    struct Failure: Error {
        let reason: String
        let isFinal: Bool
    }

    private enum Value: Sendable {
        case text(LiquidTemplate)
        case file(String)
    }

    /// What would change where or how a request goes; libcurl sets these.
    private static let reserved: Set<String> = [
        "connection", "content-length", "content-type", "expect", "host", "keep-alive", "proxy-authorization",
        "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade",
    ]

    let name: String
    private let value: Value

    /// Compiles a line.
    ///
    /// - Parameters:
    ///   - name: The field's name.
    ///   - value: Liquid, or `file:PATH`.
    /// - Throws: ``Failure`` that fits behind the name.
    init(_ name: String, _ value: String) throws(Failure) {
        guard Self.isToken(name) else { throw Self.mistake("is no name of a header") }
        guard !Self.reserved.contains(name.lowercased()) else {
            throw Self.mistake("is set by the transfer itself; expected another header")
        }
        self.name = name
        if let path = value.wholeMatch(of: #/file:(.*)/#)?.1 {
            guard !path.isEmpty else { throw Self.mistake("names no file; expected file:PATH") }
            self.value = .file(String(path))
            return
        }
        let template: LiquidTemplate
        do throws(LiquidError) {
            template = try LiquidTemplate(value)
        } catch {
            throw Self.mistake("is no Liquid: \(error)")
        }
        do throws(LiquidError) {
            if let constant = template.constant { _ = try Self.checked(constant) }
        } catch {
            throw Self.mistake(error.message)
        }
        self.value = .text(template)
    }

    /// Fills in the line.
    ///
    /// - Parameters:
    ///   - scope: The event's values.
    ///   - readFile: Reads a file.
    /// - Returns: The line.
    /// - Throws: ``Failure``; final unless it is about a file.
    func field(_ scope: LiquidScope, readFile: Enricher.FileReader) throws(Failure) -> HeaderField {
        switch value {
        case .text(let template):
            do throws(LiquidError) {
                return HeaderField(name, try Self.checked(try template.render(scope)))
            } catch {
                throw Failure(reason: "cannot be filled in: \(error)", isFinal: true)
            }
        case .file(let path):
            guard let text = try? readFile(path) else {
                throw Failure(reason: "cannot be read from its file", isFinal: false)
            }
            do throws(LiquidError) {
                return HeaderField(name, try Self.checked(text.trimmingWhitespace))
            } catch {
                throw Failure(reason: "in its file: \(error)", isFinal: false)
            }
        }
    }

    private static func checked(_ value: String) throws(LiquidError) -> String {
        guard !value.isEmpty else { throw .argument("the value is empty") }
        guard value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
            throw .argument("the value has a line break or another control character in it")
        }
        return value
    }

    private static func mistake(_ reason: String) -> Failure { Failure(reason: reason, isFinal: true) }

    /// A token of RFC 9110.
    private static func isToken(_ name: String) -> Bool {
        (1...100).contains(name.utf8.count)
            && name.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"):
                    true
                default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
                }
            }
    }
}
