// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import Outbox
import PostgresConnection
import PostgresOutbox

// The store on PostgreSQL alone, through its ports; `postgres.py` beside it starts the servers, measures the baselines of the
// same run, and prints the table.
//
//   PostgresBenchmark cycle|claims ADDRESS EVENTS BATCH
//
// Prints one line: events a second, and microseconds of this process's processor time for each.

let arguments = CommandLine.arguments
guard arguments.count == 5, let count = Int(arguments[3]), let batch = Int(arguments[4]) else {
    preconditionFailure("PostgresBenchmark cycle|claims ADDRESS EVENTS BATCH")
}
let store = try await PostgresOutbox.open(PostgresAddress(arguments[2]))
let load = PostgresLoad(count: count, batch: batch)
let measure =
    switch arguments[1] {
    case "cycle": try await load.cycle(store)
    case "claims": try await load.claims(store)
    default: preconditionFailure("PostgresBenchmark cycle|claims ADDRESS EVENTS BATCH")
    }
await store.close()
print(measure.rate, measure.processor)
