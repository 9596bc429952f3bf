// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0

internal import Events
internal import OrderedCollections
internal import PartnerAPI

/// One customer's part of the partner API: its people, its numbers, its templates.
struct Workspace: Hashable, Sendable {
    /// A person whom messages may name by id instead of by number.
    struct Contact: Hashable, Sendable {
        /// The id that `contactId` names.
        let id: String
        /// What people call them.
        let name: String
        /// Where their messages go.
        let phone: PhoneNumberDigits
    }

    /// A number that messages leave from.
    struct SendingNumber: Hashable, Sendable {
        /// The internal id that `phoneNumberId` names.
        let id: String
        /// The number, digits only.
        let phone: PhoneNumberDigits
        /// The name that WhatsApp shows over a chat.
        let name: String
    }

    /// The id that keys carry.
    let id: String
    /// What people call it.
    let name: String
    /// The contacts by id.
    private(set) var contacts: OrderedDictionary<String, Contact> = [:]
    /// The sending numbers by id.
    private(set) var numbers: OrderedDictionary<String, SendingNumber> = [:]
    /// The id of the number that sends when a request names none; `nil` while there is no number.
    private(set) var activeNumberID: String?
    /// All templates, whatever their status.
    var catalogue: TemplateCatalogue

    init(id: String, name: String, catalogue: TemplateCatalogue) {
        self.id = id
        self.name = name
        self.catalogue = catalogue
    }

    /// Adds or replaces a contact.
    mutating func add(_ contact: Contact) {
        contacts[contact.id] = contact
    }

    /// Adds or replaces a number; the first one becomes the active one.
    mutating func add(_ number: SendingNumber, isActive: Bool = false) {
        numbers[number.id] = number
        if isActive || activeNumberID == nil { activeNumberID = number.id }
    }

    /// Gives a template another status, as Meta does when it pauses one.
    ///
    /// - Returns: How many language variants were changed.
    mutating func setStatus(_ status: MessageTemplate.Status, ofTemplate name: String, language: String?) -> Int {
        var changed = 0
        let templates = catalogue.templates.map { template in
            guard template.name == name, language == nil || template.language == language else { return template }
            guard var record = template.record.object else { return template }
            record["status"] = .string(status.rawValue)
            changed += 1
            return MessageTemplate(.object(record)) ?? template
        }
        catalogue = TemplateCatalogue(templates, unreadable: catalogue.unreadable)
        return changed
    }

    /// Where a message goes to.
    func number(of recipient: MessageRequest.Recipient) throws(PartnerError) -> PhoneNumberDigits {
        switch recipient {
        case .phone(let phone): return phone
        case .contact(let id):
            guard let contact = contacts[id] else {
                let reason =
                    "contactId: the workspace '\(self.id)' has no such contact; GET /sandbox/contacts lists them"
                throw PartnerError(422, "UNKNOWN_CONTACT", reason)
            }
            return contact.phone
        }
    }

    /// Where a message leaves from.
    func sendingNumber(_ id: String?) throws(PartnerError) -> SendingNumber {
        if let id {
            guard let number = numbers[id] else {
                let reason =
                    "phoneNumberId: the workspace '\(self.id)' has no such number; GET /sandbox/phone-numbers lists them"
                throw PartnerError(422, "UNKNOWN_PHONE_NUMBER", reason)
            }
            return number
        }
        guard let number = activeNumberID.flatMap({ numbers[$0] }) else {
            throw PartnerError(
                422,
                "NO_ACTIVE_NUMBER",
                "the workspace '\(self.id)' has no number to send from; add one"
            )
        }
        return number
    }
}
