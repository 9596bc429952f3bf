// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

import DeliveryPartner
import Foundation

// What leaves for the partner, measured beside what bounds it: the transport beside libcurl's multi interface alone, and
// an account that is well beside one whose partner never answers.

let isQuick = CommandLine.arguments.contains("--quick")
let rounds = isQuick ? 1 : 5
let port = partner_start()
guard port > 0 else { fatalError("the partner of the benchmark did not start") }

print("one process; its partner answers on one thread. Medians of \(rounds).\n")
let transport = TransportRound(port: port, requests: isQuick ? 4_000 : 20_000)
try await transport.report(rounds: rounds)
let accounts = AccountRound(port: port, messages: isQuick ? 500 : 20_000)
try await accounts.report(rounds: rounds)
