// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Logging

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
