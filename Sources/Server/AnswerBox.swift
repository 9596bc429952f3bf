// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import HTTPValues
internal import NIOConcurrencyHelpers
internal import NIOCore

/// Brings answers to the connections of one event loop.
///
/// One commit of the store answers many requests, one after the other and on its own thread. The first answer in an empty
/// box sends for the loop; those that follow until it comes go with it. So a commit costs a wake-up, not one a request.
final class AnswerBox: Sendable {
    private struct Content: Sendable {
        var answers: [Answer] = []
        var isClosed = false
    }

    private struct Answer: Sendable {
        let reply: Reply
        let connection: NIOLoopBound<RequestServer>
    }

    private let loop: any EventLoop
    private let content = NIOLockedValueBox(Content())

    init(of loop: any EventLoop) {
        self.loop = loop
    }

    /// Answers what a connection has asked: at once on its own loop, soon from any other thread.
    func put(_ reply: Reply, for connection: NIOLoopBound<RequestServer>) {
        guard !loop.inEventLoop else { return connection.value.answered(reply) }
        content.withLockedValue { content in
            guard !content.isClosed else { return }
            content.answers.append(Answer(reply: reply, connection: connection))
            // Within the lock, so that nothing is sent to the loop after ``close()``.
            if content.answers.count == 1 { loop.execute { self.empty() } }
        }
    }

    /// Has the loop do something, unless it ends.
    func execute(_ work: @escaping @Sendable () -> Void) -> Bool {
        content.withLockedValue { content in
            guard !content.isClosed else { return false }
            loop.execute(work)
            return true
        }
    }

    /// Drops what still comes: the loop ends.
    func close() {
        content.withLockedValue { $0 = Content(isClosed: true) }
    }

    private func empty() {
        let answers = content.withLockedValue { content in
            defer { content.answers = [] }
            return content.answers
        }
        for answer in answers { answer.connection.value.answered(answer.reply) }
    }
}
