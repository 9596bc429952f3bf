#!/usr/bin/env python3
# Hookline: webhooks in, WhatsApp out.
# SPDX-License-Identifier: Apache-2.0
"""Posts to a running service what the senders' own libraries sign, right and changed; see run.sh.

    senders.py HOOKLINE FOLDER      the built command, and a folder that may be written to
"""

import datetime
import json
import pathlib
import re
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request

JSON = {"Content-Type": "application/json"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
SQUARE_URL = "https://hooks.example.com/hooks/square"
WHSEC = "whsec_aW50ZXJvcCBrZXkgb2YgdHdlbnR5LWZvdXIrIGJ5dGVz"

SECRETS = {
    "stripe": "whsec_interop_stripe", "standard-webhooks": WHSEC, "svix": WHSEC, "razorpay": "interop razorpay",
    "paddle": "pdl_ntfset_interop", "square": "interop-square-key", "adyen": "0a1b" * 16, "adyen-platform": "0b1c" * 16,
    "paytm": "interopMerchant1",
}


def stripe(body):
    import stripe as sdk
    return body, JSON | {"Stripe-Signature": sdk.WebhookSignature.generate_signature_header(body.decode(), SECRETS["stripe"])}


def convention(library, prefix, body):
    """Standard Webhooks and Svix sign alike; each with its own library and header names."""
    now = datetime.datetime.now(datetime.timezone.utc)
    signature = library.Webhook(WHSEC).sign("msg_interop", now, body.decode())
    return body, JSON | {f"{prefix}-id": "msg_interop", f"{prefix}-timestamp": str(int(now.timestamp())), f"{prefix}-signature": signature}


def standard_webhooks(body):
    import standardwebhooks
    return convention(standardwebhooks, "webhook", body)


def svix(body):
    import svix as sdk
    return convention(sdk, "svix", body)


def paddle(body):
    from paddle_billing.Notifications.PaddleSignature import PaddleSignature
    at = int(time.time())
    code = PaddleSignature.calculate_hmac(SECRETS["paddle"], f"{at}:".encode() + body).hexdigest()
    return body, JSON | {"Paddle-Signature": f"ts={at};h1={code}"}


def judged(sign, verify):
    """For libraries that only verify: what we sign counts only when they accept it."""
    def signed(body):
        body, headers = sign(body)
        verify(body, headers)
        return body, headers
    return signed


def razorpay_sign(body):
    import hashlib, hmac
    return body, JSON | {"X-Razorpay-Signature": hmac.new(SECRETS["razorpay"].encode(), body, hashlib.sha256).hexdigest()}


def razorpay_verify(body, headers):
    import razorpay
    client = razorpay.Client(auth=("key", "secret"))
    assert client.utility.verify_webhook_signature(body.decode(), headers["X-Razorpay-Signature"], SECRETS["razorpay"])


def square_sign(body):
    import base64, hashlib, hmac
    code = hmac.new(SECRETS["square"].encode(), SQUARE_URL.encode() + body, hashlib.sha256).digest()
    return body, JSON | {"x-square-hmacsha256-signature": base64.b64encode(code).decode()}


def square_verify(body, headers):
    from square.utils.webhooks_helper import verify_signature
    signature = headers["x-square-hmacsha256-signature"]
    assert verify_signature(
        request_body=body.decode(), signature_header=signature, signature_key=SECRETS["square"], notification_url=SQUARE_URL
    )


def adyen(_):
    from Adyen.util import generate_notification_sig
    item = {"pspReference": "INTEROP1", "originalReference": "", "merchantAccountCode": "HKLine", "merchantReference": "HK-1",
            "amount": {"value": 49900, "currency": "INR"}, "eventCode": "AUTHORISATION", "success": "true"}
    item["additionalData"] = {"hmacSignature": generate_notification_sig(item, SECRETS["adyen"]).decode()}
    return json.dumps({"live": "false", "notificationItems": [{"NotificationRequestItem": item}]}).encode(), JSON


def adyen_platform(body):
    from Adyen.util import generate_payload_sig
    return body, JSON | {"HmacSignature": generate_payload_sig(body, SECRETS["adyen-platform"]).decode()}


def paytm(_):
    import paytmchecksum
    fields = {"ORDERID": "HK-49900", "TXNID": "20260921", "TXNAMOUNT": "499.00", "STATUS": "TXN_SUCCESS", "BANKNAME": ""}
    checksum = paytmchecksum.generateSignature(dict(fields), SECRETS["paytm"])
    return urllib.parse.urlencode(fields | {"CHECKSUMHASH": checksum}).encode(), FORM


SENDERS = {
    "stripe": stripe, "standard-webhooks": standard_webhooks, "svix": svix, "paddle": paddle,
    "razorpay": judged(razorpay_sign, razorpay_verify), "square": judged(square_sign, square_verify),
    "adyen": adyen, "adyen-platform": adyen_platform, "paytm": paytm,
}


def configuration(partner):
    sources = []
    for name, secret in SECRETS.items():
        more = f", public_url: {SQUARE_URL}" if name == "square" else ""
        sources.append(f"  {name}: {{preset: {name}, secrets: [\"{secret}\"]{more}}}")
    return "\n".join([
        "listen: 127.0.0.1:0", "store: sqlite:hookline.db", "rules: rules/", "accounts:",
        f"  main: {{base_url: \"{partner}/api/v1/public\", api_key: pk_sandbox000000000000000000000000000000000,"
        " api_secret: sk_sandbox_not_a_secret}", "sources:", *sources, "admin: {listen: 127.0.0.1:0}", "",
    ])


def started(arguments, folder, marker):
    """A process whose first lines were read up to the one that says where it listens, and that address."""
    process = subprocess.Popen(arguments, cwd=folder, stdout=subprocess.PIPE, text=True)
    lines = []
    for line in process.stdout:
        lines.append(line)
        found = re.search(rf"{marker}: listening on (\S+)", line)
        if found:
            # Whatever it still prints must not fill the pipe and hold it up.
            threading.Thread(target=process.stdout.read, daemon=True).start()
            return process, found.group(1)
    raise SystemExit(f"{arguments[1]} ended with {process.wait()} before it listened:\n{''.join(lines)}")


def post(address, source, body, headers):
    request = urllib.request.Request(f"http://{address}/hooks/{source}", data=body, headers=headers, method="POST")
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def run(address):
    """Posts each sender's request twice and changed; returns what went wrong."""
    failures = []
    for name, sign in SENDERS.items():
        body = json.dumps({"id": "evt_interop", "type": "order.paid", "event": "order.paid", "note": "caf\u00e9 49900"}).encode()
        body, headers = sign(body)
        changed = body.replace(b"49900", b"49901")
        assert changed != body, name
        without = {key: value for key, value in headers.items() if key == "Content-Type"}
        rows = [("signed", body, headers, 200), ("repeated", body, headers, 200), ("tampered", changed, headers, 401)]
        if without != headers:
            rows.append(("unsigned", body, without, 401))
        for what, text, fields, expected in rows:
            status, answer = post(address, name, text, fields)
            print(f"{'ok  ' if status == expected else 'FAIL'} {name:18} {what:9} {status}")
            if status != expected:
                failures.append(f"{name}, {what}: {status} instead of {expected}: {answer[:300]}")
            if status == 401 and SECRETS[name] in answer:
                failures.append(f"{name}: the answer repeats the secret")
    return failures


def main():
    hookline, folder = str(pathlib.Path(sys.argv[1]).resolve()), pathlib.Path(sys.argv[2])
    (folder / "rules").mkdir(exist_ok=True)
    processes = []
    try:
        sandbox, partner = started([hookline, "sandbox", "--port", "0"], folder, "sandbox")
        processes.append(sandbox)
        (folder / "hookline.yaml").write_text(configuration(partner if "//" in partner else f"http://{partner}"))
        service, address = started([hookline, "serve", "--config", str(folder / "hookline.yaml")], folder, "hooks")
        processes.append(service)
        failures = run(address)
    finally:
        for process in reversed(processes):
            process.terminate()
            process.wait()
    for failure in failures:
        print(failure, file=sys.stderr)
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
