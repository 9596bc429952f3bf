// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import HTTPValues
import NIOCore
import NIOPosix

/// A connection on which a test writes requests byte by byte and reads the answers to them.
package struct WireConnection {
    /// What a server must not do.
    package enum Fault: Error {
        /// The connection ended within an answer.
        case ended(after: String)
        /// What came is no answer in HTTP/1, or it is in chunks, which we never send.
        case noAnswer(String)
        /// More came than the answers that were asked for.
        case excess(String)
    }

    private var inbound: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator
    private let outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
    private var rest: [UInt8] = []

    /// Lends a connection, and closes it.
    package static func open<Value: Sendable>(
        to address: ListenAddress,
        _ body: (inout WireConnection) async throws -> Value
    ) async throws -> Value {
        let bootstrap = ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
        let channel = try await bootstrap.connect(host: address.host, port: address.port) { channel in
            channel.eventLoop.makeCompletedFuture {
                try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
            }
        }
        return try await channel.executeThenClose { inbound, outbound in
            var connection = WireConnection(inbound: inbound.makeAsyncIterator(), outbound: outbound)
            return try await body(&connection)
        }
    }

    private init(
        inbound: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator,
        outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
    ) {
        self.inbound = inbound
        self.outbound = outbound
    }

    /// Writes a part of a request.
    package func write(_ text: String) async throws {
        try await outbound.write(ByteBuffer(string: text))
    }

    /// Writes a request.
    package func write(_ request: WireRequest) async throws {
        try await outbound.write(ByteBuffer(bytes: request.bytes))
    }

    /// Writes a request and reads its answer; the connection stays as it is.
    package mutating func answer(to request: WireRequest) async throws -> WireAnswer {
        try await answer(toRest: request.bytes, isHead: request.method == "HEAD")
    }

    /// Writes the rest of a request and reads the next answer, which may be one before the last.
    package mutating func answer(toRest bytes: [UInt8], isHead: Bool = false) async throws -> WireAnswer {
        // A server that has answered already, and closed, is read all the same: without an answer that is a fault.
        if !bytes.isEmpty { try? await outbound.write(ByteBuffer(bytes: bytes)) }
        var answer = try await head()
        if isHead || (100..<200).contains(answer.status) { return answer }
        guard let length = answer.bodyLength else { throw Fault.noAnswer("without Content-Length") }
        while rest.count < length { try await more() }
        answer.body = Array(rest.prefix(length))
        rest.removeFirst(length)
        return answer
    }

    /// Writes a request and reads no more of its answer than the head.
    package mutating func head(toRest bytes: [UInt8]) async throws -> WireAnswer {
        try await outbound.write(ByteBuffer(bytes: bytes))
        return try await head()
    }

    /// Reads the next chunk of an answer's body; an empty one is its end.
    package mutating func chunk() async throws -> String {
        let end = Array("\r\n".utf8)
        while rest.firstRange(of: end) == nil { try await more() }
        guard let line = rest.firstRange(of: end),
            let size = Int(String(decoding: rest[..<line.lowerBound], as: UTF8.self), radix: 16)
        else { throw Fault.noAnswer(String(decoding: rest, as: UTF8.self)) }
        while rest.count < line.upperBound + size + 2 { try await more() }
        let chunk = String(decoding: rest[line.upperBound..<(line.upperBound + size)], as: UTF8.self)
        rest.removeFirst(line.upperBound + size + 2)
        return chunk
    }

    /// Reads what comes until the server closes the connection.
    package mutating func untilEnd() async throws -> String {
        while let buffer = try await inbound.next(isolation: #isolation) { rest += Array(buffer: buffer) }
        defer { rest = [] }
        return String(decoding: rest, as: UTF8.self)
    }

    /// Returns when the server has closed the connection and nothing more came.
    package mutating func untilClosed() async throws {
        while let buffer = try await inbound.next(isolation: #isolation) { rest += Array(buffer: buffer) }
        guard rest.isEmpty else { throw Fault.excess(String(decoding: rest, as: UTF8.self)) }
    }

    private mutating func head() async throws -> WireAnswer {
        while true {
            if let end = rest.firstRange(of: Array("\r\n\r\n".utf8)) {
                guard let answer = WireAnswer(head: Array(rest[..<end.lowerBound])) else {
                    throw Fault.noAnswer(String(decoding: rest, as: UTF8.self))
                }
                rest.removeSubrange(..<end.upperBound)
                return answer
            }
            try await more()
        }
    }

    private mutating func more() async throws {
        guard let buffer = try await inbound.next(isolation: #isolation) else {
            throw Fault.ended(after: String(decoding: rest, as: UTF8.self))
        }
        rest += Array(buffer: buffer)
    }
}
