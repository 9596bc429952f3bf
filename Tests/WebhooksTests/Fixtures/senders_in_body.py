# Hookline: webhooks in, WhatsApp out.
# SPDX-License-Identifier: Apache-2.0
"""The senders whose proof is no keyed hash in a header: fields, items, pairs, public keys, certificates.

Used by make_vectors.py; wants pip install cryptography. sender-key.pem is a key that nothing but these vectors uses.
"""

import base64
import hashlib
import json
import pathlib
import urllib.parse
import zlib

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, padding, rsa
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

HERE = pathlib.Path(__file__).parent
KEY = serialization.load_pem_private_key((HERE / "sender-key.pem").read_bytes(), None)
CERTIFICATE = (HERE / "sender-certificate.pem").read_text()
EXPIRED = (HERE / "sender-certificate-expired.pem").read_text()
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def public_pem(key):
    return key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()


def rsa_sign(text):
    return base64.b64encode(KEY.sign(text, padding.PKCS1v15(), hashes.SHA256())).decode()


def make(m):
    payu(m)
    paytm(m)
    adyen(m)
    zoho_books(m)
    adobe_commerce(m)
    standard_webhooks_v1a(m)
    paypal(m)
    adobe_io(m)
    cloudevents(m)
    mollie_classic(m)
    bodies(m)


def payu(m):
    salt, p = "hkPayuSalt0001", "payu"
    fields = {"mihpayid": "403990000000007", "mode": "UPI", "status": "success", "key": "hkKey1", "txnid": "HK-2001",
              "amount": "499.00", "addedon": "2026-09-21 19:03:10", "productinfo": "Tea & cup", "firstname": "Meera",
              "email": "meera@example.com", "phone": "9812345670", "udf1": "HK", "udf2": "", "error": "E000"}

    def post(salt, fields, first=None):
        names = ["udf5", "udf4", "udf3", "udf2", "udf1", "email", "firstname", "productinfo", "amount", "txnid", "key"]
        text = "|".join([salt, fields.get("status", "")] + [""] * 5 + [fields.get(n, "") for n in names])
        text = f"{first}|{text}" if first else text
        return urllib.parse.urlencode(fields | {"hash": hashlib.sha512(text.encode()).hexdigest()}).encode()

    key = m.dedupe_key(p, "403990000000007", "success")
    expected = m.event("success", "403990000000007", 1_789_997_590_000, key)
    body = post(salt, fields)
    m.add("ok", p, salt, FORM, body, m.events(expected))
    m.add("no-content-type", p, salt, {}, body, m.events(expected))
    m.add("rotated", p, ["new", salt], FORM, body, m.events(expected | {"secret": "secrets[1]"}))
    m.add("wrong-secret", p, "hkPayuSalt0002", FORM, body, m.refused(says="no configured secret"))
    m.add("missing", p, salt, FORM, urllib.parse.urlencode(fields).encode(), m.refused(says="field hash is missing"))
    m.add("tampered", p, salt, FORM, body.replace(b"499.00", b"1.00"), m.refused(says="no configured secret"))
    m.add("amount-rewritten", p, salt, FORM, body.replace(b"499.00", b"499.0"), m.refused())
    m.add("status-changed", p, salt, FORM, post(salt, fields | {"status": "failure"}).replace(b"failure", b"success"), m.refused())
    m.add("unsigned-phone", p, salt, FORM, body.replace(b"9812345670", b"9812345679"), m.events(expected))
    m.add("doubled-field", p, salt, FORM, body + b"&status=success", m.refused(says="each field once"))
    m.add("upper-case", p, salt, FORM, body[:-128] + body[-128:].upper(), m.events(expected))
    m.add("truncated", p, salt, FORM, body[:-2], m.refused(says="malformed"))
    m.add("forward-hash", p, salt, FORM, urllib.parse.urlencode(fields | {"hash": hashlib.sha512(
        f"hkKey1|HK-2001|499.00|Tea & cup|Meera|meera@example.com|HK||||||||||{salt}".encode()).hexdigest()}).encode(), m.refused())
    charged = fields | {"additionalCharges": "10.00"}
    m.add("additional-charges", p, salt, FORM, post(salt, charged, "10.00"), m.events(expected))
    m.add("additional-charges-unsigned", p, salt, FORM, post(salt, charged), m.refused())
    m.add("json", p, salt, {"Content-Type": "application/json"}, json.dumps(fields).encode(), m.refused(says="field hash is missing"))


def paytm(m):
    secret, p = "hkMerchantKey#01", "paytm"
    fields = {"ORDERID": "HK-2002", "MID": "HKLINE00000001", "TXNID": "20260921111212800110168", "TXNAMOUNT": "499.00",
              "CURRENCY": "INR", "TXNDATE": "2026-09-21 19:03:10.0", "STATUS": "TXN_SUCCESS", "RESPCODE": "01", "BANKNAME": "null"}

    def post(secret, fields, salt="hK4x"):
        values = ["" if fields[k].lower() == "null" else fields[k] for k in sorted(fields)]
        plain = hashlib.sha256("|".join(values + [salt]).encode()).hexdigest() + salt
        plain = plain.encode() + bytes([16 - len(plain) % 16]) * (16 - len(plain) % 16)
        aes = Cipher(algorithms.AES(secret.encode()), modes.CBC(b"@@@@&&&&####$$$$")).encryptor()
        sealed = m.b64(aes.update(plain) + aes.finalize())
        return urllib.parse.urlencode(fields | {"CHECKSUMHASH": sealed}).encode()

    key = m.dedupe_key(p, fields["TXNID"], "TXN_SUCCESS")
    expected = m.event("TXN_SUCCESS", fields["TXNID"], 1_789_997_590_000, key)
    body = post(secret, fields)
    m.add("ok", p, secret, FORM, body, m.events(expected))
    m.add("rotated", p, ["hkMerchantKey#02", secret], FORM, body, m.events(expected | {"secret": "secrets[1]"}))
    m.add("other-salt", p, secret, FORM, post(secret, fields, "Zz09"), m.events(expected))
    m.add("wrong-secret", p, "hkMerchantKey#02", FORM, body, m.refused(says="no configured secret"))
    m.add("tampered", p, secret, FORM, body.replace(b"499.00", b"1.00"), m.refused(says="no configured secret"))
    m.add("one-more-field", p, secret, FORM, body + b"&EXTRA=1", m.refused())
    m.add("missing", p, secret, FORM, urllib.parse.urlencode(fields).encode(), m.refused(says="CHECKSUMHASH is missing"))
    m.add("no-base64", p, secret, FORM, urllib.parse.urlencode(fields | {"CHECKSUMHASH": "?"}).encode(), m.refused(says="malformed"))
    m.add("half-a-block", p, secret, FORM, urllib.parse.urlencode(fields | {"CHECKSUMHASH": m.b64(b"123456789")}).encode(), m.refused())


def adyen(m):
    secret, p = "44782DEF547AAA06C910C43932B1EB0C71FC68D9D0C057550C48EC2ACF6BA0A7", "adyen"
    item = {"pspReference": "HK8515131751004933", "originalReference": "", "merchantAccountCode": "HKLine",
            "merchantReference": "HK-2003", "amount": {"value": 49900, "currency": "INR"}, "eventCode": "AUTHORISATION",
            "success": "true", "eventDate": "2026-09-21T15:33:10+02:00", "reason": "", "paymentMethod": "visa"}

    def sign(secret, item):
        text = ":".join(str(v) for v in [item["pspReference"], item.get("originalReference", ""), item["merchantAccountCode"],
                                         item["merchantReference"], item["amount"]["value"], item["amount"]["currency"],
                                         item["eventCode"], item["success"]])
        return item | {"additionalData": {"hmacSignature": m.b64(m.digest(bytes.fromhex(secret), text.encode()))}}

    def post(*items):
        return m.compact({"live": "false", "notificationItems": [{"NotificationRequestItem": i} for i in items]})

    def expect(item, **more):
        parts = [item["pspReference"], item["eventCode"], item["success"]]
        return m.event(item["eventCode"], parts[0], 1_789_997_590_000, m.dedupe_key(p, *parts)) | more

    body = post(sign(secret, item))
    refund = item | {"eventCode": "REFUND", "originalReference": item["pspReference"], "pspReference": "HK8515131751004934"}
    m.add("ok", p, secret, m.JSON_TYPE, body, m.events(expect(item)))
    m.add("lower-case-key", p, secret.lower(), m.JSON_TYPE, body, m.events(expect(item)))
    m.add("rotated", p, ["00" * 32, secret], m.JSON_TYPE, body, m.events(expect(item, secret="secrets[1]")))
    m.add("wrong-secret", p, "00" * 32, m.JSON_TYPE, body, m.refused(says="no configured secret"))
    m.add("key-as-text", p, secret.encode().hex(), m.JSON_TYPE, body, m.refused())
    m.add("missing", p, secret, m.JSON_TYPE, post(item), m.refused(says="hmacSignature is missing"))
    m.add("tampered", p, secret, m.JSON_TYPE, body.replace(b"49900", b"1"), m.refused(says="no configured secret"))
    m.add("tampered-success", p, secret, m.JSON_TYPE, body.replace(b'"true"', b'"false"'), m.refused())
    m.add("doubled-member", p, secret, m.JSON_TYPE, body.replace(b'"success":"true"', b'"success":"true","success":"false"'), m.refused())
    m.add("unsigned-reason", p, secret, m.JSON_TYPE, body.replace(b'"visa"', b'"mc"'), m.events(expect(item)))
    m.add("re-serialised", p, secret, m.JSON_TYPE, json.dumps(json.loads(body), indent=1).encode(), m.events(expect(item)))
    quoted = item | {"amount": {"value": "49900", "currency": "INR"}}
    m.add("quoted-value", p, secret, m.JSON_TYPE, post(sign(secret, quoted)), m.events(expect(item)))
    m.add("two-items", p, secret, m.JSON_TYPE, post(sign(secret, item), sign(secret, refund)), m.events(expect(item), expect(refund)))
    m.add("one-item-unsigned", p, secret, m.JSON_TYPE, post(sign(secret, item), refund), m.refused(says="hmacSignature is missing"))
    m.add("no-items", p, secret, m.JSON_TYPE, post(), m.refused(says="at least one item"))
    m.add("no-json", p, secret, m.JSON_TYPE, b"{", m.refused(says="malformed"))

    body = m.compact({"type": "balancePlatform.transfer.updated", "timestamp": "2026-09-21T13:33:10Z", "data": {"id": "HK1", "status": "booked"}})
    expected = m.event("balancePlatform.transfer.updated", "HK1", 1_789_997_590_000, m.dedupe_key("adyen-platform", m.sha(body)))
    m.hmac_family("adyen-platform", secret, body, lambda s, b: m.JSON_TYPE | {"HmacSignature": m.b64(m.digest(bytes.fromhex(s), b))},
                  [expected], "HmacSignature", "base64", key=lambda text: text.encode().hex(), tamper=(b"booked", b"failed"))


def zoho_books(m):
    secret, p, header = "hkZohoToken1234", "zoho-books", "X-Zoho-Webhook-Signature"
    body = m.compact({"invoice": {"invoice_number": "HK-31", "customer_name": "Tea & Cup", "total": 499.0}})
    target = "/hooks/zoho-books?event=invoice_paid&a=x%20y"

    def sign(secret, pairs, body=b""):
        return m.digest(secret, "".join(k + v for k, v in sorted(pairs)).encode() + body)

    pairs = [("event", "invoice_paid"), ("a", "x y")]
    good = m.JSON_TYPE | {header: m.hexed(sign(secret, pairs, body))}
    expected = m.event("invoice_paid", None, None, m.dedupe_key(p, "invoice_paid", m.sha(body)))
    plain = m.JSON_TYPE | {header: m.hexed(sign(secret, [], body))}
    m.add("ok", p, secret, plain, body, m.events(m.event("", None, None, m.dedupe_key(p, "body", m.sha(body)))))
    m.add("query", p, secret, good, body, m.events(expected), target)
    m.add("rotated", p, ["hkZohoToken9999", secret], good, body, m.events(expected | {"secret": "secrets[1]"}), target)
    m.add("base64", p, secret, m.JSON_TYPE | {header: m.b64(sign(secret, pairs, body))}, body, m.events(expected), target)
    m.add("wrong-secret", p, "hkZohoToken9999", good, body, m.refused(says="no configured secret"), target)
    m.add("missing", p, secret, m.JSON_TYPE, body, m.refused(says=f"the header {header} is missing"), target)
    m.add("tampered", p, secret, good, body.replace(b"499.0", b"1.0"), m.refused(says="no configured secret"), target)
    m.add("query-changed", p, secret, good, body, m.refused(), target.replace("paid", "sent"))
    m.add("query-dropped", p, secret, good, body, m.refused())
    m.add("malformed", p, secret, m.JSON_TYPE | {header: "abc"}, body, m.refused(says="malformed"), target)
    form = b"customer_name=Bowman+%26+Co&total=499.00"
    pairs = [("customer_name", "Bowman & Co"), ("total", "499.00")]
    m.add("form", p, secret, FORM | {header: m.hexed(sign(secret, pairs))}, form, m.events(m.event("", None, None, m.dedupe_key(p, "body", m.sha(form)))))
    m.add("form-raw", p, secret, FORM | {header: m.hexed(m.digest(secret, form))}, form, m.refused())
    m.add("json-as-form", p, secret, FORM | {header: m.hexed(sign(secret, [], body))}, body, m.events(m.event("", None, None, m.dedupe_key(p, "body", m.sha(body)))))


def adobe_commerce(m):
    p, header = "adobe-commerce", "x-adobe-commerce-webhook-signature"
    body = m.compact({"event": "order_placed", "order": {"increment_id": "000000042", "grand_total": "499.0000"}})
    public, other = public_pem(KEY.public_key()), public_pem(rsa_other())
    good = m.JSON_TYPE | {header: rsa_sign(base64.b64encode(body))}
    expected = m.event("order_placed", None, None, m.dedupe_key(p, m.sha(body)))
    m.add("ok", p, public, good, body, m.events(expected))
    m.add("pem-with-escapes", p, public.replace("\n", "\\n"), good, body, m.events(expected))
    m.add("rotated", p, [other, public], good, body, m.events(expected | {"secret": "secrets[1]"}))
    m.add("wrong-secret", p, other, good, body, m.refused(says="no configured secret"))
    m.add("missing", p, public, m.JSON_TYPE, body, m.refused(says=f"the header {header} is missing"))
    m.add("tampered", p, public, good, body.replace(b"499", b"1"), m.refused(says="no configured secret"))
    m.add("raw-body-signed", p, public, m.JSON_TYPE | {header: rsa_sign(body)}, body, m.refused())
    m.add("no-base64", p, public, m.JSON_TYPE | {header: "%"}, body, m.refused(says="malformed"))


def rsa_other():
    """Another key that is the same at every run: a modulus that nobody knows the factors of."""
    modulus = int.from_bytes(hashlib.shake_256(b"hookline other key").digest(256), "big") | 1 << 2047 | 1
    return rsa.RSAPublicNumbers(65537, modulus).public_key()


def standard_webhooks_v1a(m):
    p = "standard-webhooks"
    private = ed25519.Ed25519PrivateKey.from_private_bytes(hashlib.sha256(b"hookline v1a").digest())
    public = "whpk_" + m.b64(private.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw))
    secret = "whsec_" + m.b64(b"hookline standard webhooks key 1")
    body = m.compact({"type": "invoice.paid", "timestamp": "2026-09-21T13:33:20Z", "data": {"number": "HK-32"}})

    def signed(body, t=m.NOW - 1, id="msg_hk_9", name="webhook"):
        signature = "v1a," + m.b64(private.sign(f"{id}.{t}.".encode() + body))
        return m.JSON_TYPE | {f"{name}-id": id, f"{name}-timestamp": str(t), f"{name}-signature": signature}

    expected = m.event("invoice.paid", "msg_hk_9", 1_789_997_600_000, m.dedupe_key(p, "msg_hk_9"))
    good = signed(body)
    m.add("v1a", p, public, good, body, m.events(expected))
    m.add("v1a-svix-headers", p, public, signed(body, name="svix"), body, m.events(expected))
    m.add("v1a-beside-secret", p, [secret, public], good, body, m.events(expected | {"secret": "secrets[1]"}))
    m.add("v1a-other-key", p, "whpk_" + m.b64(bytes(32)), good, body, m.refused(says="no configured secret"))
    m.add("v1a-tampered", p, public, good, body.replace(b"32", b"33"), m.refused(says="no configured secret"))
    m.add("v1a-id-changed", p, public, good | {"webhook-id": "msg_hk_8"}, body, m.refused())
    m.add("v1a-stale", p, public, signed(body, m.NOW - 301), body, m.refused(says="301 s old"))
    m.add("v1a-future", p, public, signed(body, m.NOW + 301), body, m.refused(says="301 s ahead"))
    m.add("v1a-tolerance", p, public, signed(body, m.NOW - 301), body, m.events(expected), verify={"tolerance": "10m"})
    hmac = good | {"webhook-signature": "v1," + m.b64(m.digest(b"hookline standard webhooks key 1", f"msg_hk_9.{m.NOW - 1}.".encode() + body))}
    m.add("v1-with-public-key-alone", p, public, hmac, body, m.refused(says="malformed"))
    m.add("v1-beside-public-key", p, [public, secret], hmac, body, m.events(expected | {"secret": "secrets[1]"}))


def paypal(m):
    p, secret, at = "paypal", "1HK4291016473214C", "2026-09-21T13:33:20Z"
    url = "https://api.paypal.com/v1/notifications/certs/CERT-hkline-0001"
    body = m.compact({"id": "WH-HK-1", "create_time": "2026-09-21T13:33:10Z", "event_type": "PAYMENT.CAPTURE.COMPLETED",
                      "resource": {"id": "3C6", "amount": {"currency_code": "USD", "value": "10.00"}}, "n": 1})
    while zlib.crc32(body) < 1 << 31:
        body = body.replace(b'"n":', b'"n":1')

    def headers(body, id=secret, url=url):
        text = f"69cd13f0-hk|{at}|{id}|{zlib.crc32(body)}"
        return m.JSON_TYPE | {"PAYPAL-TRANSMISSION-ID": "69cd13f0-hk", "PAYPAL-TRANSMISSION-TIME": at, "PAYPAL-CERT-URL": url,
                              "PAYPAL-AUTH-ALGO": "SHA256withRSA", "PAYPAL-TRANSMISSION-SIG": rsa_sign(text.encode())}

    def add(id, secrets, headers, body, expect, pem=CERTIFICATE, at=url):
        m.add(id, p, secrets, headers, body, expect, keys={at: pem} if pem else {})

    expected = m.event("PAYMENT.CAPTURE.COMPLETED", "WH-HK-1", 1_789_997_590_000, m.dedupe_key(p, "WH-HK-1"))
    good = headers(body)
    add("ok", secret, good, body, m.events(expected))
    add("rotated", ["OTHER", secret], good, body, m.events(expected | {"secret": "secrets[1]"}))
    add("wrong-secret", "OTHERWEBHOOKID", good, body, m.refused(says="no configured secret"))
    add("tampered", secret, good, body.replace(b"10.00", b"99.00"), m.refused(says="no configured secret"))
    signed_crc = rsa_sign(f"69cd13f0-hk|{at}|{secret}|{zlib.crc32(body) - (1 << 32)}".encode())
    add("signed-crc", secret, good | {"PAYPAL-TRANSMISSION-SIG": signed_crc}, body, m.refused())
    for name in ["PAYPAL-TRANSMISSION-SIG", "PAYPAL-TRANSMISSION-ID", "PAYPAL-TRANSMISSION-TIME", "PAYPAL-CERT-URL"]:
        without = {k: v for k, v in good.items() if k != name}
        add("missing" + ("" if name.endswith("SIG") else name[6:].lower()), secret, without, body, m.refused(says=f"{name} is missing"))
    add("time-changed", secret, good | {"PAYPAL-TRANSMISSION-TIME": "2026-09-21T13:33:21Z"}, body, m.refused())
    add("not-fetched-yet", secret, good, body, {"kind": "needs", "body": url}, pem=None)
    add("expired-certificate", secret, good, body, m.refused(), pem=EXPIRED)
    add("bare-key", secret, good, body, m.events(expected), pem=public_pem(KEY.public_key()))
    add("other-key", secret, good, body, m.refused(), pem=public_pem(rsa_other()))
    for id, evil in {"evil-suffix": "https://api.paypal.com.evil.example/c", "evil-prefix": "https://evilpaypal.com/c",
                     "evil-user": "https://api.paypal.com@evil.example/c", "evil-port": "https://api.paypal.com:8443/c",
                     "plain-http": "http://api.paypal.com/c", "evil-query": "https://api.paypal.com/c?u=https://evil.example",
                     "evil-backslash": "https://evil.example\\.paypal.com/c", "evil-fragment": "https://evil.example#.paypal.com/c",
                     "no-path": "https://api.paypal.com", "escaped": "https://evil.example%2f.paypal.com/c"}.items():
        add(id, secret, headers(body, url=evil), body, m.refused(says="PAYPAL-CERT-URL is malformed"), at=evil)


def adobe_io(m):
    p, secret = "adobe-io", "hk0client0id00000000000000000000"
    site = "https://static.adobeioevents.com"
    pem = public_pem(KEY.public_key())
    first, second = "/prod/keys/pub-key-hk1.pem", "/prod/keys/pub-key-hk2.pem"

    def event(id, recipient=secret):
        return {"specversion": "1.0", "id": id, "source": "urn:hk:commerce", "type": "com.adobe.commerce.observer.order",
                "time": "2026-09-21T13:33:10Z", "data": {"order": 7}, "recipient_client_id": recipient}

    def headers(body):
        return m.JSON_TYPE | {"x-adobe-digital-signature-1": rsa_sign(body), "x-adobe-digital-signature-2": m.b64(b"x" * 256),
                              "x-adobe-public-key1-path": first, "x-adobe-public-key2-path": second}

    def expect(id, **more):
        return m.event("com.adobe.commerce.observer.order", id, 1_789_997_590_000, m.dedupe_key(p, "urn:hk:commerce", id)) | more

    def add(id, secrets, headers, body, expected, known=(first, second)):
        m.add(id, p, secrets, headers, body, expected, keys={site + path: pem for path in known})

    body = m.compact(event("hk-1"))
    good = headers(body)
    add("ok", secret, good, body, m.events(expect("hk-1")))
    add("rotated", ["other", secret], good, body, m.events(expect("hk-1", secret="secrets[1]")))
    swapped = good | {"x-adobe-digital-signature-1": m.b64(b"y" * 256), "x-adobe-digital-signature-2": rsa_sign(body)}
    add("second-signature", secret, swapped, body, m.events(expect("hk-1")))
    add("one-signature", secret, {k: v for k, v in good.items() if "2" not in k}, body, m.events(expect("hk-1")))
    add("wrong-secret", "another-client", good, body, m.refused(says="names a recipient"))
    add("tampered", secret, good, body.replace(b'"order":7', b'"order":8'), m.refused(says="no configured secret"))
    add("missing", secret, m.JSON_TYPE, body, m.refused(says="x-adobe-digital-signature-1 is missing"))
    add("not-fetched-yet", secret, good, body, {"kind": "needs", "body": site + first}, known=())
    add("second-not-fetched-yet", secret, good, body.replace(b'"order":7', b'"order":8'), {"kind": "needs", "body": site + second}, known=(first,))
    for id, path in {"evil-host": "//evil.example/k.pem", "evil-suffix": ".evil.example/k.pem", "dots": "/prod/../k.pem", "user": "@evil.example/"}.items():
        evil = good | {"x-adobe-public-key1-path": path, "x-adobe-public-key2-path": path}
        add(id, secret, evil, body, m.refused(says="public-key1-path is malformed"), known=(path,))
    bare = m.compact({k: v for k, v in event("hk-1").items() if k != "recipient_client_id"})
    add("no-recipient", secret, headers(bare), bare, m.refused(says="names a recipient"))
    batch = m.compact([event("hk-1"), event("hk-2")])
    add("batch", secret, headers(batch), batch, m.events(expect("hk-1"), expect("hk-2")))
    mixed = m.compact([event("hk-1"), event("hk-2", "another")])
    add("batch-for-somebody-else", secret, headers(mixed), mixed, m.refused(says="names a recipient"))
    m.add("challenge", p, secret, {}, b"", m.handshake("8ec8d794"), target="/hooks/adobe-io?challenge=8ec8d794", method="GET")


def cloudevents(m):
    p, secret = "cloudevents", "hk-ce-token"
    bearer = {"Authorization": "Bearer " + secret}
    attributes = {"specversion": "1.0", "id": "A-1", "source": "/hk/tea", "type": "hk.order.paid", "time": "2026-09-21T13:33:10Z"}
    expected = m.event("hk.order.paid", "A-1", 1_789_997_590_000, m.dedupe_key(p, "/hk/tea", "A-1"))
    structured = {"Content-Type": "application/cloudevents+json; charset=utf-8"} | bearer
    body = m.compact(attributes | {"data": {"total": "12.50"}})
    m.add("ok", p, secret, structured, body, m.events(expected))
    m.add("upper-case-type", p, secret, {"Content-Type": "Application/CloudEvents+JSON"} | bearer, body, m.events(expected))
    m.add("rotated", p, ["new", secret], structured, body, m.events(expected | {"secret": "secrets[1]"}))
    m.add("wrong", p, "other", structured, body, m.refused(says="no configured secret"))
    m.add("missing", p, secret, {"Content-Type": "application/cloudevents+json"}, body, m.refused(says="Authorization is missing"))
    m.add("access-token", p, secret, {"Content-Type": "application/cloudevents+json"}, body, m.events(expected), target="/hooks/cloudevents?access_token=hk-ce-token")
    m.add("access-token-wrong", p, secret, {"Content-Type": "application/cloudevents+json"}, body, m.refused(), target="/hooks/cloudevents?access_token=hk")
    binary = bearer | {"Content-Type": "application/json"} | {"ce-" + k: v for k, v in attributes.items()}
    m.add("binary", p, secret, binary, b'{"total":"12.50"}', m.events(expected))
    m.add("binary-text", p, secret, binary | {"Content-Type": "text/plain"}, "Tee für zwei".encode(), m.events(expected))
    m.add("binary-bytes", p, secret, binary | {"Content-Type": "image/png"}, b"\x89PNG\x00", m.events(expected))
    m.add("binary-empty", p, secret, binary, b"", m.events(expected))
    escaped = binary | {"ce-type": '"hk.order\\".%C3%A9%2541"'}
    m.add("binary-escapes", p, secret, escaped, b"{}", m.events(expected | {"type": 'hk.order".é%41'}))
    m.add("binary-not-utf8", p, secret, binary | {"ce-type": "%FF"}, b"{}", m.PARKED)
    m.add("binary-no-type", p, secret, {k: v for k, v in binary.items() if k != "ce-type"}, b"{}", m.PARKED)
    m.add("binary-broken-json", p, secret, binary, b"{", m.PARKED)
    m.add("other-version", p, secret, structured, m.compact(attributes | {"specversion": "9"}), m.PARKED)
    batch = {"Content-Type": "application/cloudevents-batch+json"} | bearer
    second = expected | {"id": "A-2", "dedupe": m.dedupe_key(p, "/hk/tea", "A-2")}
    m.add("batch", p, secret, batch, m.compact([attributes, attributes | {"id": "A-2"}]), m.events(expected, second))
    bad = m.compact({"x": 1})
    m.add("batch-with-a-bad-one", p, secret, batch, m.compact([{"x": 1}, attributes]),
          m.events(m.event("", None, None, m.dedupe_key(p, "body", m.sha(bad))), expected))
    m.add("batch-empty", p, secret, batch, b"[]", m.PARKED)
    ask = {"WebHook-Request-Origin": "Emitter.hkline.example", "WebHook-Request-Rate": "120"}
    says = {"WebHook-Allowed-Origin": "Emitter.hkline.example", "WebHook-Allowed-Rate": "100", "Allow": "POST"}
    origins = {"allowed_origins": ["emitter.hkline.example"], "allowed_rate": "100"}
    m.add("options", p, secret, ask, b"", m.handshake() | {"headers": says}, method="OPTIONS", **origins)
    m.add("options-any", p, secret, ask, b"", m.handshake() | {"headers": says | {"WebHook-Allowed-Rate": "*"}}, method="OPTIONS", allowed_origins=["*"])
    m.add("options-other", p, secret, {"WebHook-Request-Origin": "evil.example"}, b"", m.refused("handshake_refused", 405), method="OPTIONS", **origins)
    m.add("options-unconfigured", p, secret, ask, b"", m.refused("handshake_refused", 405), method="OPTIONS")
    m.add("options-without-origin", p, secret, {}, b"", m.refused("handshake_refused", 405), method="OPTIONS", allowed_origins=["*"])


def mollie_classic(m):
    p, secret = "mollie-classic", "hk-mollie-token"
    body = b"id=tr_HK7d4"
    expected = m.event("changed", "tr_HK7d4", None, m.dedupe_key(p, m.sha(body)))
    at = "/hooks/mollie-classic?token="
    m.add("ok", p, secret, FORM, body, m.events(expected), target=at + secret)
    m.add("named", p, secret, FORM, body, m.events(expected | {"type": "order"}), target=at + secret + "&event=order")
    m.add("rotated", p, ["new", secret], FORM, body, m.events(expected | {"secret": "secrets[1]"}), target=at + secret)
    m.add("wrong", p, secret, FORM, body, m.refused(says="no configured secret"), target=at + "x")
    m.add("missing", p, secret, FORM, body, m.refused(says="the query parameter token is missing"))


def bodies(m):
    """What a body becomes: wrong and missing content types, XML, forms with JSON in a field."""
    secret = "hkline-generic-secret"

    def add(id, body, expect, content_type=None, **settings):
        headers = {"X-Signature": m.hexed(m.digest(secret, body))} | ({"Content-Type": content_type} if content_type else {})
        m.add(id, "generic", secret, headers, body, expect, **settings)

    def expected(body, type="order.paid", id="HK-7"):
        return m.events(m.event(type, id, None, m.dedupe_key("generic", m.sha(body))))

    form, text = b"type=order.paid&id=HK-7", b' {"type":"order.paid","id":"HK-7"}'
    add("form-body", form, expected(form), "application/x-www-form-urlencoded; charset=utf-8")
    add("form-without-type", form, expected(form))
    add("json-announced-as-form", text, expected(text), "application/x-www-form-urlencoded")
    add("json-as-text", text, expected(text), "text/plain")
    nested = b"payload=%7B%22type%22%3A%22order.paid%22%2C%22id%22%3A%22HK-7%22%7D&x=1"
    add("form-field", nested, expected(nested), "application/x-www-form-urlencoded", body_format="form:payload")
    xml = '<?xml version="1.0" encoding="UTF-8"?><order kind="order.paid"><no>HK-7</no><line>a &amp; é</line><line><![CDATA[<b>]]></line></order>'.encode()
    places = {"event_type": "body.order.@kind", "event_id": "body.order.no"}

    def placed(body, id="HK-7"):
        return m.events(m.event("order.paid", id, None, m.dedupe_key("generic", id)))

    add("xml", xml, placed(xml), "application/xml", **places)
    add("xml-as-text", xml, placed(xml), "text/plain", **places)
    add("xml-configured", xml, placed(xml), body_format="xml", **places)
    latin = '<?xml version="1.0" encoding="ISO-8859-1"?><order kind="order.paid"><no>HK-é</no></order>'.encode("latin-1")
    add("xml-latin", latin, placed(latin, "HK-é"), "application/xml", **places)
    wide = '<order kind="order.paid"><no>HK-é</no></order>'.encode("utf-16")
    add("xml-utf16", wide, placed(wide, "HK-é"), "application/xml", **places)
    for id, bad in {"xml-utf16-doctype": "<!DOCTYPE a><a/>".encode("utf-16"), "xml-broken": b"<a><b></a>", "xml-unclosed": b"<a>x", "xml-trailing": b"<a/>x", "xml-doctype": b'<!DOCTYPE a [<!ENTITY e "x">]><a>&e;</a>', "xml-deep": b"<a>" * 65 + b"</a>" * 65,
                    "xml-external": b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>',
                    "xml-lower-doctype": b"<!doctype a><a/>", "xml-entity": b"<a>&x;</a>", "xml-two-roots": b"<a/><b/>"}.items():
        add(id, bad, m.PARKED, "application/xml", body_format="xml")
