// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import AdminAPI
internal import Events
internal import HTTPValues
internal import Outbox

/// A page, as data: where it is, who may see it, which template shows it, and what is in it.
///
/// A page that has a form is a page of its own; what the form does is its ``act``, under the same path. Nobody can make
/// either without saying who may.
struct Screen: Sendable {
    /// Below the console, such as `messages/{id}`.
    let path: PathPattern
    /// The least that a token must be allowed.
    let scope: AccessScope
    /// Which entry of the navigation it belongs to; `nil` for none.
    let tab: Tab?
    /// Its template.
    let template: String
    /// What is in it.
    let show: @Sendable (Visit) async throws -> Showing
    /// What its form does; `nil` for a page without one.
    var act: (@Sendable (Visit) async throws -> Landing)?
    /// Whether its form changes nothing, and the page shows what comes of it.
    var showsForm = false
}

/// What a page shows.
enum Showing: Sendable {
    /// A page with a title.
    case page(title: String, Shown)
    /// A value for the script.
    case data(JSON)
    /// What changes, as it changes.
    case live(ReplyStream)
    /// A text as it is, which no browser takes for anything else.
    case bytes([UInt8])
    /// A text to be saved under a name of letters, digits, dots and dashes.
    case file(name: String, String)
    /// What is wanted is elsewhere, below the console.
    case elsewhere(String)
}

/// What a browser is told when a form did what it should.
struct Landing: Sendable {
    /// Where to go, below the console.
    let place: String
    /// What is said there, once.
    let note: String
    /// What is told this once, on the page that answers the form; then the place is where its link leads.
    var secret: Secret?
}

/// A secret that was just made: it stands in one answer, and in no address, no log and no session.
struct Secret: Sendable {
    /// Whose it is.
    let title: String
    /// Its id, where both are needed.
    var id: String?
    /// The secret; `nil` when the form was sent again, which nobody answers with it.
    let text: String?

    /// The page.
    func shown(back place: String) -> Shown {
        ["title": .text(title), "id": .optional(id), "secret": .optional(text), "back": .text(place)]
    }
}

/// The entries of the navigation, in their order.
enum Tab: String, CaseIterable, Sendable {
    case overview, messages, events, rules, playground, templates, sources, consent, jobs, access, audit

    /// Where it leads, below the console.
    var place: String { self == .overview ? "./" : rawValue }

    /// What it says.
    var label: String { rawValue.prefix(1).uppercased() + rawValue.dropFirst() }
}
