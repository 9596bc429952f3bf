// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import CheckedYAML
internal import Logging
package import ServiceConfiguration

/// What the service says about itself before and beside its log: in the log's form where that is JSON, so that whoever
/// reads lines as JSON can read them from the first one on.
package struct ServiceVoice: Sendable {
    /// Lines for people, where the log is text.
    package struct Streams: Sendable {
        let output: @Sendable (String) -> Void
        let errors: @Sendable (String) -> Void

        /// - Parameters:
        ///   - output: Prints on standard output.
        ///   - errors: Prints on standard error.
        package init(output: @escaping @Sendable (String) -> Void, errors: @escaping @Sendable (String) -> Void) {
            self.output = output
            self.errors = errors
        }
    }

    private let streams: Streams
    /// `nil` where the log is text.
    private let logger: Logger?

    /// - Parameters:
    ///   - format: How the log's lines look.
    ///   - streams: Where lines for people go.
    package init(_ format: Settings.LogFormat, _ streams: Streams) {
        self.init(logger: format == .json ? LogSetup.logger(.json) : nil, streams)
    }

    init(logger: Logger?, _ streams: Streams) {
        self.logger = logger
        self.streams = streams
    }

    /// Says what was found in the configuration.
    package func say(_ findings: [Diagnostic]) {
        for finding in findings {
            guard let logger else {
                streams.errors("\(finding)")
                continue
            }
            logger.log(level: finding.severity == .error ? .error : .warning, "\(finding)")
        }
    }

    /// Says why the service does not start or go on.
    package func cannotServe(_ reasons: [String]) {
        for reason in reasons {
            guard let logger else {
                streams.errors(reason)
                continue
            }
            logger.critical("the service ends", metadata: ["reason": "\(reason)"])
        }
    }

    /// Says where the service listens.
    package func listens(_ addresses: ServiceAddresses) {
        for (name, address) in [("admin", addresses.admin), ("hooks", addresses.hooks)] {
            guard let logger else {
                streams.output("hookline: \(name): listening on \(address)\n")
                continue
            }
            logger.notice("listening", metadata: ["listener": "\(name)", "address": "\(address)"])
        }
    }
}
