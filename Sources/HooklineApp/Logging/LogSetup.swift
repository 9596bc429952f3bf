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
        var logger = Logger(label: "hookline") { label in
            switch settings.logFormat {
            case .text: StreamLogHandler.standardError(label: label)
            case .json: JSONLogHandler()
            }
        }
        logger.logLevel = settings.logLevel
        return logger
    }
}
