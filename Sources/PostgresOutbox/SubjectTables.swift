// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

/// The tables of what stands beside messages and of whom they are about: alternatives, partners' ids, what waits for
/// something, consent, conversations, and the lines of limits.
enum SubjectTables {
    /// The tables whose rows hang on a message by its id in the column `message`, and are deleted with it.
    ///
    /// `facts` are not among them: they end by their time.
    static let ofMessages = ["message_alternatives", "partner_ids", "waiting_messages", "digest_items", "digest_slots"]

    /// What a message leaves as when the partner does not take it as it is; goes with the message's request.
    static func alternatives(_ kept: String) -> String {
        """
        CREATE TABLE hookline.message_alternatives (
            message uuid PRIMARY KEY, account text NOT NULL, category text, request bytea NOT NULL)\(kept)
        """
    }

    /// The statements that make the others.
    static let statements = messages + consent + conversations

    /// Of messages.
    ///
    /// The partner's id has no index in `messages`, for then no settlement would change a row in place.
    private static let messages = [
        // By their beginning, since an index takes no long text.
        "CREATE INDEX messages_key ON hookline.messages (left(key, 64), rule) WHERE key IS NOT NULL",
        """
        CREATE TABLE hookline.partner_ids (partner bytea NOT NULL, message uuid NOT NULL, PRIMARY KEY (partner, message))
        """,
        "CREATE INDEX partner_ids_message ON hookline.partner_ids (message)",
        """
        CREATE TABLE hookline.early_reports (
            partner bytea NOT NULL, partner_id text NOT NULL, status text NOT NULL, code bigint, words text, at timestamptz NOT NULL,
            source text NOT NULL, event text NOT NULL, until timestamptz NOT NULL, PRIMARY KEY (partner, status))
        """,
        "CREATE INDEX early_reports_until ON hookline.early_reports (until)",
        """
        CREATE TABLE hookline.waiting_messages (
            account text NOT NULL, condition text NOT NULL, message uuid NOT NULL, PRIMARY KEY (account, condition, message))
        """,
        "CREATE INDEX waiting_messages_message ON hookline.waiting_messages (message)",
        """
        CREATE INDEX facts_line ON hookline.facts (rule, recipient, until) WHERE kind IN ('departure', 'turn')
        """,
        // A row is what claims under one limit wait for; it is of no use once what it counted is over.
        """
        CREATE TABLE hookline.limit_lines (
            rule text NOT NULL, recipient text NOT NULL, until timestamptz NOT NULL, PRIMARY KEY (rule, recipient))
        """,
        "CREATE INDEX limit_lines_until ON hookline.limit_lines (until)",
    ]

    /// The ledger, what stands of it, and the row that whoever writes about a recipient waits for.
    private static let consent = [
        "CREATE TABLE hookline.consent_subjects (recipient text PRIMARY KEY)",
        """
        CREATE TABLE hookline.consents (
            place bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, recipient text NOT NULL, scope text NOT NULL, account text,
            decision text NOT NULL, origin text NOT NULL, at timestamptz NOT NULL, who text NOT NULL, reason text, event text,
            recorded_at timestamptz NOT NULL)
        """,
        "CREATE INDEX consents_recipient ON hookline.consents (recipient)",
        """
        CREATE TABLE hookline.opt_outs (recipient text NOT NULL, consent bigint NOT NULL, PRIMARY KEY (recipient, consent))
        """,
        "CREATE INDEX opt_outs_consent ON hookline.opt_outs (consent)",
        "CREATE TABLE hookline.erasure_key (id bigint PRIMARY KEY CHECK (id = 1), key bytea NOT NULL)",
    ]

    /// When recipients last wrote, what they wrote that may be meant as a STOP, and whom nothing reaches.
    private static let conversations = [
        """
        CREATE TABLE hookline.conversations (
            recipient text NOT NULL, account text NOT NULL, at timestamptz NOT NULL, PRIMARY KEY (recipient, account))
        """,
        """
        CREATE TABLE hookline.consent_doubts (
            place bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, recipient text NOT NULL, at timestamptz NOT NULL,
            text text NOT NULL, source text NOT NULL, event text NOT NULL)
        """,
        "CREATE INDEX consent_doubts_recipient ON hookline.consent_doubts (recipient)",
        """
        CREATE TABLE hookline.undeliverable (recipient text PRIMARY KEY, count bigint NOT NULL, at timestamptz NOT NULL)
        """,
    ]
}
