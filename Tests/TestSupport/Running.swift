// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

package import Logging
package import Outbox
package import ServiceLifecycle

/// Runs a service beside a body, and shuts it down gracefully afterwards.
///
/// - Parameters:
///   - service: What runs.
///   - body: What is done meanwhile.
/// - Returns: What the body returned.
/// - Throws: What the body throws, or the service.
package func running<Value: Sendable>(_ service: some Service, _ body: () async throws -> Value) async throws -> Value {
    let group = ServiceGroup(services: [service], logger: quietLogger)
    async let run: Void = group.run()
    let result: Result<Value, any Error>
    do {
        result = .success(try await body())
    } catch {
        result = .failure(error)
    }
    await group.triggerGracefulShutdown()
    try await run
    return try result.get()
}

/// Closes a store after a body, also one that throws.
///
/// - Parameters:
///   - store: What the body uses.
///   - body: What is done before.
/// - Returns: What the body returned.
/// - Throws: What the body throws.
package func closing<Value>(_ store: any StoreLife, _ body: () async throws -> Value) async throws -> Value {
    do {
        let value = try await body()
        await store.close()
        return value
    } catch {
        await store.close()
        throw error
    }
}

/// A logger that writes nothing.
package var quietLogger: Logger { Logger(label: "test") { _ in SwiftLogNoOpLogHandler() } }
