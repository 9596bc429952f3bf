// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import HTTPTypes
internal import HTTPValues
internal import NIOConcurrencyHelpers
internal import NIOCore

/// What an answer must fit: the request that it is for, and what becomes of the connection.
struct AnswerFrame: Sendable {
    /// To HEAD, the headers alone: a body would be read as the beginning of the next answer.
    var isToHead = false
    /// Whether the connection ends after it.
    var isLast = false
    /// A client of HTTP/1.0 that asked for the connection to stay hears that it does.
    var saysKeepAlive = false
    /// Whether a body may come in chunks; one of unknown length to a client of HTTP/1.0 ends with its connection.
    var takesChunks = true
}

/// Writes answers as the bytes that leave: one buffer each, no list of headers in between.
enum AnswerWriter {
    private static let date = HTTPDate()

    /// Puts an answer behind what is in the buffer already.
    ///
    /// - Parameters:
    ///   - reply: The answer.
    ///   - frame: What it must fit.
    ///   - buffer: Where it goes.
    static func write(_ reply: Reply, _ frame: AnswerFrame, into buffer: inout ByteBuffer) {
        if reply.status == 200 {
            buffer.writeStaticString("HTTP/1.1 200 OK\r\n")
        } else {
            buffer.writeString("HTTP/1.1 \(reply.status) \(StatusPhrase.of(reply.status))\r\n")
        }
        for field in reply.headers { write(field.name.rawName, field.value, into: &buffer) }
        if reply.stream != nil {
            if frame.takesChunks { buffer.writeStaticString("transfer-encoding: chunked\r\n") }
        } else if reply.status >= 200 && reply.status != 204 && reply.status != 304 {
            write("content-length", String(reply.body.count), into: &buffer)
        }
        if reply.status >= 200 { write("date", date.now(), into: &buffer) }
        if frame.isLast {
            buffer.writeStaticString("connection: close\r\n")
        } else if frame.saysKeepAlive {
            buffer.writeStaticString("connection: keep-alive\r\n")
        }
        buffer.writeStaticString("\r\n")
        if !frame.isToHead { buffer.writeBytes(reply.body) }
    }

    /// Puts a piece of a body behind what is in the buffer already; an empty one ends the body.
    ///
    /// - Parameters:
    ///   - piece: The bytes.
    ///   - frame: What the answer must fit.
    ///   - buffer: Where it goes.
    static func write(piece: [UInt8], _ frame: AnswerFrame, into buffer: inout ByteBuffer) {
        guard frame.takesChunks else { return _ = buffer.writeBytes(piece) }
        buffer.writeString(String(piece.count, radix: 16) + "\r\n")
        buffer.writeBytes(piece)
        buffer.writeStaticString("\r\n")
    }

    private static func write(_ name: String, _ value: String, into buffer: inout ByteBuffer) {
        buffer.writeString(name)
        buffer.writeStaticString(": ")
        buffer.writeString(value)
        buffer.writeStaticString("\r\n")
    }
}

/// The date of an answer, in words that are made once a second.
final class HTTPDate: Sendable {
    private static let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    private let last = NIOLockedValueBox((second: -1, text: ""))

    /// Such as `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110, section 5.6.7).
    func now() -> String {
        text(at: time(nil))
    }

    /// The date of a second.
    ///
    /// - Parameter second: Seconds since 1970.
    /// - Returns: The text of the header `Date`.
    func text(at second: Int) -> String {
        last.withLockedValue { last in
            if last.second != second { last = (second, Self.text(second)) }
            return last.text
        }
    }

    private static func text(_ second: Int) -> String {
        var (second, parts) = (second, tm())
        gmtime_r(&second, &parts)
        func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let day = "\(days[Int(parts.tm_wday)]), \(two(parts.tm_mday)) \(months[Int(parts.tm_mon)])"
        return "\(day) \(1_900 + parts.tm_year) \(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec)) GMT"
    }
}
