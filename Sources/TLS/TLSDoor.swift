// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import NIOCore

/// What a listener needs to speak TLS.
package struct TLSDoor: Sendable {
    private let identity: @Sendable () -> TLSIdentity
    private let onBeginning: @Sendable (TLSBeginning) -> Void

    /// A door.
    ///
    /// - Parameters:
    ///   - identity: Who we are, asked when a client begins to speak TLS: those that are open go on with what they began with.
    ///   - onBeginning: Hears how each connection began that said anything at all; called on its event loop.
    package init(
        identity: @escaping @Sendable () -> TLSIdentity,
        onBeginning: @escaping @Sendable (TLSBeginning) -> Void
    ) {
        self.identity = identity
        self.onBeginning = onBeginning
    }

    /// Puts TLS into a connection, behind what is in it.
    ///
    /// - Parameters:
    ///   - handshakeTime: How long a client has from connecting to the end of the handshake.
    ///   - lingerTime: How long a connection that is given up stays, so that what says why is read.
    ///   - pipeline: The connection's.
    /// - Throws: What the pipeline throws; a connection without its TLS must not be served.
    package func install(
        handshakeTime: Duration,
        lingerTime: Duration,
        in pipeline: ChannelPipeline.SynchronousOperations
    ) throws {
        let handler = TLSHandler(
            identity,
            handshakeTime: TimeAmount(handshakeTime),
            lingerTime: TimeAmount(lingerTime),
            onBeginning: onBeginning
        )
        try pipeline.addHandler(handler)
    }
}
