# Hookline: webhooks in, WhatsApp out.
# SPDX-License-Identifier: Apache-2.0
"""The senders that prove themselves in more than one way, and the settings that say where a value stands.

Used by make_vectors.py; wants pip install cryptography.
"""

import hashlib
import json
import urllib.parse

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def make(m):
    phonepe(m)
    paytm_json(m)
    adyen_login(m)
    payu_charges(m)
    zoho_payments_probe(m)
    places(m)
    tally(m)


def phonepe(m):
    p, header, key = "phonepe", "X-PHONEPE-CHECKSUM-SIGNATURE", "hk-phonepe-checksum-key-0001"
    login = "hk_user:Passw0rd77"
    body = m.compact({"event": "checkout.order.completed", "payload": {"orderId": "OMOHK0002", "state": "COMPLETED", "amount": 49900}})
    expected = m.event("checkout.order.completed", "OMOHK0002", None, m.dedupe_key(p, "checkout.order.completed", "OMOHK0002", "COMPLETED"))

    def signed(secret, body):
        return m.JSON_TYPE | {header: m.hexed(m.digest(secret, body)), "X-PHONEPE-CHECKSUM-KEY-ID": "hk-key-1"}

    good = signed(key, body)
    shown = {"Authorization": hashlib.sha256(login.encode()).hexdigest()}
    m.add("hmac", p, key, good, body, m.events(expected))
    m.add("hmac-rotated", p, ["hk-phonepe-checksum-key-0002", key], good, body, m.events(expected | {"secret": "secrets[1]"}))
    m.add("hmac-beside-login", p, [login, key], good, body, m.events(expected | {"secret": "secrets[1]"}))
    m.add("login-beside-hmac", p, [key, login], shown, body, m.events(expected | {"secret": "secrets[1]"}))
    m.add("hmac-tampered", p, key, good, body.replace(b"49900", b"49901"), m.refused(says="no configured secret"))
    m.add("hmac-wrong-secret", p, "hk-phonepe-checksum-key-0002", good, body, m.refused(says="no configured secret"))
    m.add("hmac-missing", p, key, m.JSON_TYPE, body, m.refused(says=f"the header {header} is missing"))
    m.add("hmac-upper-case", p, key, good | {header: good[header].upper()}, body, m.events(expected))
    m.add("login-upper-case", p, [key, login], {"Authorization": shown["Authorization"].upper()}, body,
          m.events(expected | {"secret": "secrets[1]"}))
    m.add("hmac-base64", p, key, m.JSON_TYPE | {header: m.b64(m.digest(key, body))}, body, m.refused(says="malformed"))
    m.add("hmac-base64-configured", p, key, m.JSON_TYPE | {header: m.b64(m.digest(key, body))}, body, m.events(expected),
          verify={"scheme": "hmac", "header": header, "encoding": "base64"})
    m.add("hmac-key-as-digest", p, key, {"Authorization": hashlib.sha256(key.encode()).hexdigest()}, body, m.refused(says=f"{header} is missing"))
    m.add("login-as-hmac", p, login, signed(login, body), body, m.refused(says="the header Authorization is missing"))


def seal(m, secret, text, salt="hK4x"):
    plain = (hashlib.sha256(f"{text}|{salt}".encode()).hexdigest() + salt).encode()
    plain += bytes([16 - len(plain) % 16]) * (16 - len(plain) % 16)
    aes = Cipher(algorithms.AES(secret.encode()), modes.CBC(b"@@@@&&&&####$$$$")).encryptor()
    return m.b64(aes.update(plain) + aes.finalize())


def paytm_json(m):
    p, secret = "paytm", "hkMerchantKey#01"
    refund = {"txnId": "20260921111212800110168", "orderId": "HK-2002", "txnAmount": "499.00", "refundAmount": "99.00",
              "refId": "HK-R-1", "refundId": "20260921HK0001", "userCreditInitiateTimestamp": "2026-09-21 19:03:10.0", "note": "चाय"}
    at = "/hooks/paytm?event=refund"

    def post(secret, member, text=None, **more):
        head = {"signature": seal(m, secret, text or member), "version": "v1"}
        return f'{{"head":{json.dumps(head)},"body":{member}}}'.encode()

    compact = m.compact(refund).decode()
    key = m.dedupe_key(p, "20260921HK0001", refund["userCreditInitiateTimestamp"])
    expected = m.event("refund", "20260921HK0001", None, key)
    body = post(secret, compact)
    m.add("json", p, secret, m.JSON_TYPE, body, m.events(expected), at)
    m.add("json-without-type", p, secret, {}, body, m.events(expected), at)
    m.add("json-announced-as-form", p, secret, FORM, body, m.events(expected), at)
    m.add("json-unnamed", p, secret, m.JSON_TYPE, body, m.events(expected | {"type": ""}))
    m.add("json-rotated", p, ["hkMerchantKey#02", secret], m.JSON_TYPE, body, m.events(expected | {"secret": "secrets[1]"}), at)
    m.add("json-wrong-secret", p, "hkMerchantKey#02", m.JSON_TYPE, body, m.refused(says="no configured secret"), at)
    m.add("json-tampered", p, secret, m.JSON_TYPE, body.replace(b"99.00", b"9.00"), m.refused(says="no configured secret"), at)
    spaced = json.dumps(refund, indent=1)
    m.add("json-spaced", p, secret, m.JSON_TYPE, post(secret, spaced), m.events(expected), at)
    m.add("json-sealed-compact", p, secret, m.JSON_TYPE, post(secret, spaced, compact), m.events(expected), at)
    pretty = post(secret, compact).replace(b'"body":', b'"body" : ')
    m.add("json-space-around", p, secret, m.JSON_TYPE, b" " + pretty + b"\n", m.events(expected), at)
    tail = post(secret, compact)[:-1] + b',"other":{"body":1}}'
    m.add("json-unsigned-rest", p, secret, m.JSON_TYPE, tail, m.events(expected), at)
    evil = m.compact(refund | {"refundAmount": "9999.00"})
    m.add("json-doubled-member", p, secret, m.JSON_TYPE, post(secret, compact)[:-1] + b',"body":' + evil + b"}", m.refused(says="no configured secret"), at)
    m.add("json-doubled-by-escape", p, secret, m.JSON_TYPE, post(secret, compact)[:-1] + b',"bo\\u0064y":' + evil + b"}", m.refused(says="no configured secret"), at)
    m.add("json-no-signature", p, secret, m.JSON_TYPE, m.compact({"head": {"version": "v1"}, "body": refund}), m.refused(says="head.signature is missing"), at)
    m.add("json-null-signature", p, secret, m.JSON_TYPE, m.compact({"head": {"signature": None}, "body": refund}), m.refused(says="head.signature is missing"), at)
    m.add("json-no-base64", p, secret, m.JSON_TYPE, m.compact({"head": {"signature": "?"}, "body": refund}), m.refused(says="malformed"), at)
    m.add("json-no-member", p, secret, m.JSON_TYPE, m.compact({"head": {"signature": seal(m, secret, "")}}), m.refused(says="malformed"), at)
    m.add("json-list", p, secret, m.JSON_TYPE, b"[1]", m.refused(says="malformed"), at)
    m.add("json-broken", p, secret, m.JSON_TYPE, body[:-1], m.refused(says="malformed"), at)
    down = m.compact({"downtimeId": 34031, "subject": "Degradation observed"}).decode()
    m.add("json-downtime", p, secret, m.JSON_TYPE, post(secret, down), m.events(
        m.event("downtime", "34031", None, m.dedupe_key(p, "34031", "Degradation observed"))), "/hooks/paytm?event=downtime")
    # The names of a form's fields are not sealed, so they must not be able to turn it into another kind of document.
    fields = {"<a>": "499.00"}
    form = urllib.parse.urlencode(fields | {"CHECKSUMHASH": seal(m, secret, "499.00")}, safe="<>").encode()
    m.add("form-as-xml", p, secret, FORM, form, m.refused(says="expected a form"))


def adyen_login(m):
    key, login = "44782DEF547AAA06C910C43932B1EB0C71FC68D9D0C057550C48EC2ACF6BA0A7", "hk_adyen:pä:ss"
    item = {"pspReference": "HK8515131751004935", "merchantAccountCode": "HKLine", "merchantReference": "HK-2004",
            "amount": {"value": 49900, "currency": "INR"}, "eventCode": "CAPTURE", "success": "true"}
    text = "HK8515131751004935::HKLine:HK-2004:49900:INR:CAPTURE:true"
    signed = item | {"additionalData": {"hmacSignature": m.b64(m.digest(bytes.fromhex(key), text.encode()))}}
    body = m.compact({"live": "false", "notificationItems": [{"NotificationRequestItem": signed}]})
    expected = m.event("CAPTURE", item["pspReference"], None, m.dedupe_key("adyen", item["pspReference"], "CAPTURE", "true"))

    def basic(text):
        return m.JSON_TYPE | {"Authorization": "Basic " + m.b64(text.encode())}

    both = [key, login]
    m.add("login", "adyen", both, basic(login), body, m.events(expected))
    m.add("login-first", "adyen", [login, key], basic(login), body, m.events(expected | {"secret": "secrets[1]"}))
    m.add("login-rotated", "adyen", [key, "hk_adyen:newer", login], basic(login), body, m.events(expected))
    m.add("login-unasked", "adyen", key, basic(login), body, m.events(expected))
    m.add("login-missing", "adyen", both, m.JSON_TYPE, body, m.refused(says="the header Authorization is missing"))
    m.add("login-wrong", "adyen", both, basic("hk_adyen:other"), body, m.refused(says="no configured secret"))
    m.add("login-alone", "adyen", both, basic(login), body.replace(b"49900", b"1"), m.refused(says="no configured secret"))
    body = m.compact({"type": "balancePlatform.transfer.updated", "timestamp": "2026-09-21T13:33:10Z", "data": {"id": "HK2"}})
    expected = m.event("balancePlatform.transfer.updated", "HK2", 1_789_997_590_000, m.dedupe_key("adyen-platform", m.sha(body)))
    signature = {"HmacSignature": m.b64(m.digest(bytes.fromhex(key), body))}
    m.add("login", "adyen-platform", both, basic(login) | signature, body, m.events(expected))
    m.add("login-missing", "adyen-platform", both, m.JSON_TYPE | signature, body, m.refused(says="the header Authorization is missing"))
    m.add("login-alone", "adyen-platform", both, basic(login), body, m.refused(says="the header HmacSignature is missing"))


def payu_charges(m):
    fields = {"mihpayid": "403990000000008", "status": "success", "key": "hkKey1", "txnid": "HK-2005", "amount": "499.00",
              "productinfo": "Tea", "firstname": "Meera", "email": "meera@example.com", "additional_charges": "10.00"}
    text = "10.00|hkPayuSalt0001|success|||||||||||meera@example.com|Meera|Tea|499.00|HK-2005|hkKey1"
    body = urllib.parse.urlencode(fields | {"hash": hashlib.sha512(text.encode()).hexdigest()}).encode()
    expected = m.event("success", "403990000000008", None, m.dedupe_key("payu", "403990000000008", "success"))
    m.add("additional-charges-underscored", "payu", "hkPayuSalt0001", FORM, body, m.events(expected))
    m.add("additional-charges-changed", "payu", "hkPayuSalt0001", FORM, body.replace(b"=10.00", b"=1.00"), m.refused(says="no configured secret"))


def zoho_payments_probe(m):
    p, secret = "zoho-payments", "hkline-zoho-signing-key"
    m.add("probe-get", p, secret, {}, b"", m.handshake(), method="GET")
    m.add("probe-head", p, secret, {}, b"", m.handshake(), method="HEAD")
    m.add("probe-empty-post", p, secret, {}, b"", m.handshake())
    m.add("probe-with-body", p, secret, m.JSON_TYPE, b"{}", m.refused(says="the header X-Zoho-Webhook-Signature is missing"))
    m.add("probe-put", p, secret, {}, b"", m.refused("method_not_allowed", 405), method="PUT")


def places(m):
    secret = "hkline-generic-secret"
    body = m.compact({"id": "HK/9", "status": "paid", "object": "order", "action": "updated"})
    headers = {"X-Signature": m.hexed(m.digest(secret, body)), "X-Shop": "tea%"}

    def add(id, parts, dedupe, type="", sender="HK/9", **more):
        m.add(id, "generic", secret, headers, body, m.events(m.event(type, sender, None, m.dedupe_key("generic", *parts))), dedupe=dedupe, **more)

    add("dedupe-in-braces", ["HK/9", "tea%"], ["{{ body.id }}", "{{header.X-Shop}}"])
    add("dedupe-joined", ["HK/9", "-", "paid"], ["{{ body.id }}-{{ body.status }}"])
    add("dedupe-mixed", ["HK/9", "paid", " v", "tea%", "order"], ["body.id", " {{ body.status }} v{{ header.X-Shop }} ", "{{ body.object }}"])
    add("dedupe-incomplete", ["body", m.sha(body)], ["{{ body.id }}-{{ body.missing }}"])
    add("names-joined", ["HK/9"], ["body.id"], "order.updated", "tea%:HK/9",
        event_type="{{ body.object }}.{{ body.action }}", event_id="{{ header.X-Shop }}:{{ body.id }}")


def tally(m):
    """XML of an add-on to an accounting program that has no webhooks: a token, and the fields of the voucher."""
    token = "hk-tally-token-0001"
    body = ("<ENVELOPE><HEADER><TALLYREQUEST>Export</TALLYREQUEST></HEADER><BODY><VOUCHER VCHTYPE='Sales' ACTION='Create'>"
            "<VOUCHERNUMBER>HK-77</VOUCHERNUMBER><PARTYNAME>Meera &amp; Sons</PARTYNAME><AMOUNT>-499.00</AMOUNT></VOUCHER></BODY></ENVELOPE>").encode()
    settings = {"verify": {"scheme": "token", "header": "X-Tally-Token"}, "body_format": "xml",
                "event_type": "body.ENVELOPE.BODY.VOUCHER.@VCHTYPE", "event_id": "body.ENVELOPE.BODY.VOUCHER.VOUCHERNUMBER"}
    expected = m.events(m.event("Sales", "HK-77", None, m.dedupe_key("generic", "HK-77")))
    m.add("tally", "generic", token, {"X-Tally-Token": token}, body, expected, **settings)
    m.add("tally-wrong", "generic", token, {"X-Tally-Token": "hk"}, body, m.refused(says="no configured secret"), **settings)
