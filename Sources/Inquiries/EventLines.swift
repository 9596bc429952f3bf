// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Events
internal import Foundation
internal import HTTPTypes
package import Messages

/// Events in a file, one a line, as `hookline events export` writes them: JSON with the fields of `hookline events show --json`.
///
/// `source` and `body` have to be there; `body` is the text that the sender posted, or the JSON itself. The file is read as it is
/// asked for, so that its size does not matter.
package struct EventLines {
    /// A line that is no event.
    package struct Mistake: Error, Hashable, CustomStringConvertible {
        /// Which line, from 1.
        package let line: Int
        /// What is wrong with it.
        package let reason: String

        package var description: String { "line \(line): \(reason)" }
    }

    private let file: FileHandle
    private let now: Timestamp
    private var buffer: [UInt8] = []
    private var start = 0
    private var isAtEnd = false
    private var line = 0

    /// So many bytes are read at a time.
    private static let piece = 1 << 16
    /// A longer line is no event that any source takes.
    private static let longestLine = 64 << 20

    /// Opens a file; `nil` when it cannot be read.
    ///
    /// - Parameters:
    ///   - path: Where it is; `-` is standard input.
    ///   - now: When events came that do not say so.
    package init?(path: String, now: Timestamp) {
        guard let file = path == "-" ? FileHandle.standardInput : FileHandle(forReadingAtPath: path) else { return nil }
        self.file = file
        self.now = now
    }

    /// The next event; empty lines are passed over.
    ///
    /// - Returns: `nil` at the end.
    /// - Throws: ``Mistake`` when the line is no event.
    package mutating func next() throws(Mistake) -> ArchivedEvent? {
        while let bytes = try nextLine() {
            line += 1
            if bytes.allSatisfy({ $0 == 0x20 || $0 == 0x0D || $0 == 0x09 }) { continue }
            return try event(bytes)
        }
        return nil
    }

    private mutating func nextLine() throws(Mistake) -> [UInt8]? {
        var looked = start
        while true {
            if let end = buffer[looked...].firstIndex(of: 0x0A) {
                defer { start = end + 1 }
                return Array(buffer[start..<end])
            }
            looked = buffer.count
            guard !isAtEnd else {
                defer { (buffer, start) = ([], 0) }
                return start < buffer.count ? Array(buffer[start...]) : nil
            }
            guard buffer.count - start <= Self.longestLine else {
                throw Mistake(line: line + 1, reason: "is longer than any event")
            }
            looked -= start
            buffer.removeFirst(start)
            start = 0
            let piece = try readPiece()
            isAtEnd = piece.isEmpty
            buffer += piece
        }
    }

    /// More of the file, nothing at its end alone: what cannot be read is not over.
    private func readPiece() throws(Mistake) -> Data {
        do {
            return try file.read(upToCount: Self.piece) ?? Data()
        } catch {
            throw Mistake(line: line + 1, reason: "cannot be read: \(error.localizedDescription)")
        }
    }

    // MARK: One line

    private func event(_ bytes: [UInt8]) throws(Mistake) -> ArchivedEvent {
        let json: JSON
        do throws(JSONError) {
            json = try JSON(parsing: bytes)
        } catch {
            throw Mistake(line: line, reason: "\(error)")
        }
        guard let source = json["source"]?.string else { throw Mistake(line: line, reason: "has no source") }
        guard let body = json["body"] else { throw Mistake(line: line, reason: "has no body") }
        let receivedAt = try time(json, "received_at") ?? now
        let rawBody = body.string.map { Array($0.utf8) } ?? body.encoded()
        let found = json["look_up"]?["enriched"].flatMap { $0 == .null ? nil : $0.encoded() }
        let event = NewEvent(
            id: EventID(rawValue: json["id"]?.string ?? "line \(line)"),
            source: source,
            type: json["type"]?.string ?? "",
            senderID: json["sender_id"]?.string,
            time: try time(json, "time"),
            receivedAt: receivedAt,
            headers: headers(json["headers"]),
            rawBody: rawBody,
            disposition: .matched
        )
        return ArchivedEvent(
            event: event,
            hasBody: true,
            payload: found == nil ? nil : rawBody,
            lookUp: found.map { LookUpRecord(failures: 0, dueAt: nil, result: $0) },
            messages: []
        )
    }

    private func time(_ json: JSON, _ name: String) throws(Mistake) -> Timestamp? {
        guard let value = json[name], value != .null else { return nil }
        guard let time = value.string.flatMap({ Timestamp(rfc3339: $0) }) else {
            throw Mistake(line: line, reason: "\(name) is no time; expected one such as 2026-01-15T10:00:00Z")
        }
        return time
    }

    private func headers(_ json: JSON?) -> HTTPFields {
        var fields = HTTPFields()
        for pair in json?.array ?? [] {
            guard let parts = pair.array, parts.count == 2, let name = parts[0].string.flatMap({ HTTPField.Name($0) }),
                let value = parts[1].string
            else { continue }
            fields.append(HTTPField(name: name, value: value))
        }
        return fields
    }
}
