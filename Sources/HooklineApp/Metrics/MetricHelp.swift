// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import EventIntake

/// What the service's metrics mean, for their `HELP` lines.
enum MetricHelp {
    static let texts = parts.reduce([:]) { all, some in all.merging(some) { $1 } }

    private static let parts = [
        IntakeMetrics.help, LookUpMetrics.help, RulesReloader.help, TemplateReport.help, delivery,
    ]

    private static let delivery = [
        "hookline_attempts_total": "Attempts to send a message, by how they ended.",
        "hookline_attempt_duration_seconds": "From handing a request to the partner's client to its outcome.",
        "hookline_messages_in_flight": "Requests to the partner that are on their way.",
        "hookline_account_paused": "1 while the partner refuses the account's credentials.",
        "hookline_account_circuit_open": "1 while the partner fails again and again and the account's messages wait.",
        "hookline_outbox_depth": "Messages by state.",
        "hookline_messages_rescued_total": "Messages whose worker died in the middle of an attempt.",
        "hookline_clock_steps_total": "How often somebody set the machine's clock while the service ran.",
        "hookline_clock_doubt_seconds": "How far the clock is ahead of what is believed; 0 when it is believed.",
        "hookline_store_examined": "1 when the whole store was read at the start and found sound.",
        "hookline_store_failures_total": "What the store did not do when the delivery asked it.",
    ]
}
