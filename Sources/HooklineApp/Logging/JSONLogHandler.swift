// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events
internal import Foundation
internal import Logging
internal import OrderedCollections

/// Writes each log line as one JSON object: `time`, `level`, `message`, then the metadata by key.
struct JSONLogHandler: LogHandler {
    var metadata: Logger.Metadata = [:]
    var logLevel: Logger.Level = .info
    private let write: @Sendable ([UInt8]) -> Void

    /// A handler that writes to standard error unless told otherwise.
    init(write: @escaping @Sendable ([UInt8]) -> Void = { FileHandle.standardError.write(Data($0)) }) {
        self.write = write
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var line: [(String, JSON)] = [
            ("time", .string(Timestamp(Date()).rfc3339)),
            ("level", .string(event.level.rawValue)),
            ("message", .string("\(event.message)")),
        ]
        let merged = metadata.merging(event.metadata ?? [:]) { _, new in new }
        line += merged.sorted { $0.key < $1.key }.map { ($0.key, .string("\($0.value)")) }
        let json = String(decoding: JSON.object(.init(line) { first, _ in first }).encoded(), as: UTF8.self)
        write(Array((VisibleText.json(json) + "\n").utf8))
    }
}
