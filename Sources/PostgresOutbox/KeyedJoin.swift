// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// The condition of a join that looks a row up by its key, whatever the planner believes of the table.
///
/// Statements that write are planned once. A table that was analyzed while it was empty, as those for tomorrow are and queues often, is
/// believed to have no row, so that reading it whole costs the planner as little as looking one row up; and the plan is kept when a
/// hundred thousand have come. A plain `=` lets it do so: by it the whole index counts as sorted for a merge. A list of one value is
/// looked up and nothing else. It is written for the first column of an index with several.
///
/// - Parameters:
///   - column: The first column of a key.
///   - value: What it has to be, of another table of the join.
/// - Returns: The condition.
func byKey(_ column: String, _ value: String) -> String { "\(column) = ANY (ARRAY[\(value)])" }
