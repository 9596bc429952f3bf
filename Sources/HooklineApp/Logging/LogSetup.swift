// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events
internal import Foundation
package import Logging
internal import OrderedCollections
package import ServiceConfiguration

/// The service's logger, made from the configuration and passed around; nothing is installed globally.
package enum LogSetup {
    /// A logger to standard error.
    ///
    /// - Parameter settings: The configuration.
    /// - Returns: The root logger.
    package static func logger(_ settings: Settings) -> Logger {
        var logger = logger(settings.logFormat)
        logger.logLevel = settings.logLevel
        return logger
    }

    /// A logger to standard error for what is found before there is a configuration.
    ///
    /// - Parameter format: How lines are written.
    /// - Returns: A root logger.
    package static func logger(_ format: Settings.LogFormat) -> Logger {
        Logger(label: "hookline") { label in
            switch format {
            case .text: VisibleLogHandler(StreamLogHandler.standardError(label: label))
            case .json: JSONLogHandler()
            }
        }
    }
}

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

/// Keeps each record of another handler in one line, and control characters of strangers out of it.
struct VisibleLogHandler: LogHandler {
    private var inner: any LogHandler

    init(_ inner: any LogHandler) {
        self.inner = inner
    }

    var metadata: Logger.Metadata {
        get { inner.metadata }
        set { inner.metadata = newValue }
    }

    var logLevel: Logger.Level {
        get { inner.logLevel }
        set { inner.logLevel = newValue }
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { inner[metadataKey: key] }
        set { inner[metadataKey: key] = newValue }
    }

    func log(event: LogEvent) {
        var event = event
        event.message = "\(VisibleText.line("\(event.message)"))"
        event.metadata = event.metadata?.mapValues { "\(VisibleText.line("\($0)"))" }
        inner.log(event: event)
    }
}
