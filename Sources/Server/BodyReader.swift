// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import HTTPTypes
internal import HummingbirdCore
internal import NIOCore

/// Reads bodies of requests, each within its limit and all of them within one ``BodyRoom``.
struct BodyReader: Sendable {
    /// What became of a body.
    enum Body: Sendable {
        case whole([UInt8])
        /// It is over its own limit; the rest was not read.
        case overLimit
        /// There is no room for it; the rest was not read.
        case withoutRoom(HTTPRefusal)
    }

    private let limits: HTTPLimits
    private let room: BodyRoom

    init(_ limits: HTTPLimits) {
        self.limits = limits
        room = BodyRoom(limits)
    }

    /// Reads a body and lends it; its room is free again afterwards.
    ///
    /// A body that says in its head that it is over the limit is not read at all.
    ///
    /// - Parameters:
    ///   - request: The request.
    ///   - limit: The most bytes that its body may have.
    ///   - willRead: Hears that nothing is known yet that speaks against the body: its client may send it.
    ///   - use: Makes something of it.
    /// - Returns: What `use` returns.
    /// - Throws: What reading throws, such as for a connection that ended before the body did; what `use` throws.
    func read<Result>(
        _ request: Request,
        limit: Int,
        willRead: () -> Void,
        _ use: (Body) async throws -> Result
    ) async throws -> Result {
        let announced = request.headers[.contentLength].flatMap(Int.init) ?? 0
        guard announced <= limit else { return try await use(.overLimit) }
        willRead()
        // No more than is free, whatever is announced: nobody takes memory with a header.
        var body = BodyPieces(expecting: min(announced, limits.freeBodyBytes))
        var roomFor = 0
        defer { room.release(roomFor) }
        for try await part in request.body {
            let next = body.count + part.readableBytes
            guard next <= limit else { return try await use(.overLimit) }
            guard room.grow(from: roomFor, to: next) else { return try await use(.withoutRoom(.noRoom(limits))) }
            roomFor = next
            body.append(part)
        }
        return try await use(.whole(body.joined()))
    }
}
