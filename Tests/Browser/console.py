#!/usr/bin/env python3
# Hookline: webhooks in, WhatsApp out.
# SPDX-License-Identifier: Apache-2.0
"""Uses the console in a real browser: every page with axe, light and dark, wide and narrow, with scripts and without.

    console.py BASE_URL TOKEN HOOKS_URL SCREENSHOT_FOLDER

HOOKS_URL is where its senders post to. Needs Debian's chromium, and playwright and
axe-playwright-python from PyPI. Ends with 1 and a sentence when something is not as it should be; the screenshots are there for people to look at.
"""
import json
import pathlib
import re
import shutil
import sys
import time
import urllib.error
import urllib.request

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

TAGS = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}}
MOST_BYTES = 60_000


def expect(condition, sentence):
    if not condition:
        sys.exit(f"console: {sentence}")


EVIL = "</pre><script>window.hooked=1</script><img src=x onerror='window.hooked=1'> \"\u0301 \u001b[31m \u202edrow"


def post_events(hooks):
    """Something of everything: messages that wait, an event of no rule, one whose texts mean harm, a body that is no JSON."""
    bodies = [json.dumps({"id": f"order-{number}", "type": "order.paid", "phone": "+91 98450 61237", "total": 12345678901234567890})
              for number in range(60)]
    bodies += [json.dumps({"id": "offer-1", "type": "order.offer", "phone": "+91 98450 61237", "name": "Asha"})]
    bodies += [json.dumps({"id": "odd", "type": "order.seen"}), json.dumps({"id": EVIL, "type": "hostile", "note": EVIL})]
    for body in bodies + ["no JSON"]:
        post(hooks, body)


def post(hooks, body):
    text = body if isinstance(body, str) else json.dumps(body)
    request = urllib.request.Request(f"{hooks}/hooks/shop", text.encode(), {"Content-Type": "application/json"})
    try:
        urllib.request.urlopen(request, timeout=20).close()
    except urllib.error.HTTPError as error:
        error.close()


class Service:
    """The admin API, to know what there is to look at."""

    def __init__(self, base, token):
        self.base, self.token = base.rstrip("/"), token

    def get(self, path):
        request = urllib.request.Request(f"{self.base}/api/v1{path}", headers={"Authorization": f"Bearer {self.token}"})
        with urllib.request.urlopen(request, timeout=20) as answer:
            return json.load(answer)

    def wait_for_jobs(self):
        """Until no job runs any more: what they make is in the lists then."""
        for _ in range(600):
            if not self.get("/jobs?state=running")["data"]:
                return
            time.sleep(0.1)
        expect(False, "a job does not end")

    def post(self, path, body):
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        request = urllib.request.Request(f"{self.base}/api/v1{path}", json.dumps(body).encode(), headers)
        with urllib.request.urlopen(request, timeout=20) as answer:
            return json.load(answer)

    def pages(self):
        """Every kind of page, by a name for its screenshot."""
        message = self.get("/messages?state=scheduled&limit=1")["data"][0]["id"]
        event = next(event["id"] for event in self.get("/events")["data"] if event["messages"])
        offer = self.get("/messages?rule=offer&limit=1")["data"][0]["id"]
        template = self.get("/templates")["data"][0]["name"]
        jobs = self.get("/jobs?limit=1")["data"]
        pages = {
            "overview": "", "messages": "messages", "messages-none": "messages?key=nothing", "next": "messages/next", "backtest": "rules/paid/backtest", "access": "access",
            "access-keys": "access/keys",
            "token-new": "access/tokens/new", "key-new": "access/keys/new", "consent-doubtful": "consent?view=doubtful",
            "consent-suggested": "consent?view=suggested", "message": f"messages/{message}",
            "offer": f"messages/{offer}", "playground": "playground", "playground-event": f"playground?event={event}",
            "decision": f"messages/{message}/cancel", "events": "events", "events-says": "events?says=order", "refused": "events/refused",
            "event": f"events/{event}", "event-rule": f"events/{event}/rule",
            "event-replay": f"events/{event}/replay", "event-replay-again": f"events/{event}/replay?again=1&rule=none",
            "event-rule-none": f"events/{event}/rule?q=nothing",
            "event-rule-draft": f"events/{event}/rule?template=order_paid", "rules": "rules", "rule": "rules/paid", "templates": "templates",
            "template": f"templates/{template}", "template-used": "templates/festive_offer", "sources": "sources", "source": "sources/shop", "consent": "consent",
            "consent-add": "consent/add", "jobs": "jobs", "new-job": "jobs/new",
            "new-job-ticked": f"jobs/new?chosen=1&m.{message}=1", "new-job-none": "jobs/new?chosen=1",
            "new-job-count": "jobs/new?action=cancel", "audit": "audit", "lost": "no/such/page",
        }
        return pages | ({"job": f"jobs/{jobs[0]['id']}"} if jobs else {})


class Person:
    """Somebody at a browser of their own."""

    def __init__(self, browser, base, token, **options):
        self.base, self.token = base.rstrip("/") + "/console/", token
        self.context = browser.new_context(**options)
        self.page = self.context.new_page()
        self.page.set_default_timeout(20_000)
        self.complaints = []
        self.page.on("console", lambda line: line.type in ("error", "warning") and self.complaints.append(line.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def go(self, place=""):
        return self.page.goto(self.base + place)

    def arrive(self, selector):
        """Waits for what a key pressed before led to, its script included: keys before that reach nobody."""
        self.page.wait_for_selector(selector)
        self.page.wait_for_load_state("load")

    def sign_in(self, place="", selector="main h1:has-text('Overview')"):
        """Signs in on the way to a page, and waits for something on it."""
        self.go(place)
        self.page.fill("#token", self.token)
        self.page.press("#token", "Enter")
        self.arrive(selector)
        return self


def look_at_every_page(browser, service, base, folder):
    """axe finds nothing, nothing is wider than the screen, and no page is large: in each colour and width."""
    pages, findings = service.pages(), []
    for scheme in ("light", "dark"):
        for width, height in ((360, 800), (1280, 900)):
            person = Person(browser, base, service.token, color_scheme=scheme, viewport={"width": width, "height": height})
            person.go("login")
            findings += inspect(person, folder, f"login-{scheme}-{width}", width)
            person.sign_in()
            for name, place in pages.items():
                answer = person.go(place)
                expect(len(answer.body()) <= MOST_BYTES, f"{name} has {len(answer.body())} bytes")
                findings += inspect(person, folder, f"{name}-{scheme}-{width}", width)
            person.complaints = [line for line in person.complaints if "404" not in line]
            expect(not person.complaints, f"the browser complains: {person.complaints}")
            person.context.close()
    expect(not findings, "\n".join(findings))
    print(f"console: {len(pages) + 1} pages, light and dark, 360 and 1280 pixels: axe finds nothing")


def inspect(person, folder, name, width):
    person.page.screenshot(path=folder / f"{name}.png", full_page=True)
    answer = Axe().run(person.page, options=TAGS).response
    expect(len(answer["passes"]) > 10, f"{name}: axe looked at next to nothing")
    found = answer["violations"]
    findings = [f"{name}: {entry['id']}: {node['html'][:200]}: {node['failureSummary'][:300]}"
                for entry in found for node in entry["nodes"]]
    broken = person.page.evaluate(
        "[...document.querySelectorAll('time')].filter(time => time.getClientRects().length > 1).map(time => time.textContent)"
    )
    findings += [f"{name}: a time stands in two lines: {text}" for text in broken[:3]]
    wide = person.page.evaluate("document.documentElement.scrollWidth")
    return findings + ([f"{name}: {wide} pixels wide"] if wide > width else [])


def three_requests(browser, service, base):
    """A page is three requests at most."""
    person = Person(browser, base, service.token)
    asked = []
    person.page.on("request", lambda request: request.url.startswith("http") and asked.append(request.url))
    person.go("login")
    expect(len(asked) <= 3, f"the first page asked {asked}")
    person.context.close()


def by_keyboard_alone(browser, service, base, folder):
    """From signing in to calling a message off, and what is said about it, without a mouse."""
    person = Person(browser, base, service.token, timezone_id="Asia/Kolkata", locale="en-GB")
    page = person.page
    person.go("messages?state=scheduled")
    person.arrive("#token:focus")
    page.keyboard.type(service.token)
    page.keyboard.press("Enter")
    person.arrive("a.row")
    expect("state=scheduled" in page.url, "signing in does not lead back")
    expect("India Standard Time" in page.inner_text("footer"), "the foot does not name the browser's zone")
    for _ in range(2):
        page.keyboard.press("j")
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    person.arrive("#story")
    page.focus("a[data-dialog]:has-text('Call it off')")
    page.keyboard.press("Enter")
    page.wait_for_selector("dialog[open] #reason:focus")
    page.screenshot(path=folder / "dialog.png")
    page.keyboard.press("Escape")
    page.wait_for_selector("dialog", state="detached")
    page.keyboard.press("Enter")
    page.wait_for_selector("dialog[open] #reason:focus")
    page.keyboard.type("they <b>called</b>")
    page.keyboard.press("Enter")
    person.arrive(".note:has-text('It is called off.')")
    expect("they <b>called</b>" in page.inner_text(".timeline"), "the reason is not in the timeline")
    page.keyboard.press("g")
    page.keyboard.press("m")
    person.arrive("h1:has-text('Messages')")
    page.keyboard.press("/")
    page.wait_for_selector("input:focus")
    page.keyboard.type("98450 61237")
    page.keyboard.press("Enter")
    person.arrive(".chip:has-text('98450 61237')")
    page.keyboard.press("?")
    page.wait_for_selector("dialog[open]:has-text('Keyboard')")
    page.keyboard.press("Escape")
    # A time that is typed is of the zone that is shown; the address has the instant, and its chip the time again.
    page.click("summary:has-text('Filter')") if not page.is_visible("[name=since]") else None
    page.fill("[name=since]", "2026-01-15 09:30")
    page.press("[name=since]", "Enter")
    person.arrive(".chip:has-text('15 Jan')")
    expect("since=2026-01-15T04%3A00%3A00.000Z" in page.url, f"a typed time is taken for another: {page.url}")
    expect(page.input_value("[name=since]") == "2026-01-15 09:30", "a typed time is not shown again as it was typed")
    page.focus(".zone-switch")
    page.keyboard.press("Enter")
    expect(page.input_value("[name=since]") == "2026-01-15 04:00", "the switch leaves a typed time in the other zone")
    expect("Times are in UTC" in page.inner_text("footer"), "the switch does not show UTC")
    page.go_back()
    person.context.close()
    print("console: a message was called off by keyboard alone")


def without_scripts(browser, service, base):
    """Signing in, filtering, deciding and signing out are links and forms."""
    person = Person(browser, base, service.token, java_script_enabled=False)
    person.go()
    page = person.page
    page.fill("#token", service.token)
    page.click("button.main")
    page.click("nav a:has-text('Messages')")
    page.click(".tabs a:has-text('Scheduled')")
    page.locator("a.row").first.click()
    expect(" UTC" in page.inner_text("time >> nth=0"), "without scripts times are not in UTC")
    page.click("a.button:has-text('Call it off')")
    page.fill("#reason", "without scripts")
    page.click("button.main")
    expect("It is called off." in page.inner_text(".note"), "nothing is said without scripts")
    page.click(".who summary")
    page.click("text=Sign out")
    expect("You are signed out." in page.inner_text("main"), "signing out does not work without scripts")
    person.go("messages")
    expect("/login" in page.url, "whoever signed out still sees pages")
    person.context.close()
    print("console: a message was called off without scripts")


def hostile_payload(browser, service, base):
    """A payload full of markup is text, and the policy stops what would not be."""
    person = Person(browser, base, service.token).sign_in()
    event = next(entry["id"] for entry in service.get("/events")["data"] if entry["type"] == "hostile")
    person.go(f"events/{event}")
    text = person.page.inner_text("pre >> nth=0")
    expect("<script>" in text and "\\u{202e}" in text.lower(), f"a payload is not shown as it is: {text}")
    expect(person.page.evaluate("window.hooked") is None, "a payload ran a script")
    expect(not person.complaints, f"a payload made the browser complain: {person.complaints}")
    person.context.close()


def try_an_event(browser, service, base, folder):
    """From an event's page to the playground, with other rules: a verdict and a bubble, and nothing is stored."""
    count = service.get("/messages/count")["count"]
    event = next(entry["id"] for entry in service.get("/events")["data"] if entry["type"] == "order.paid")
    person = Person(browser, base, service.token).sign_in()
    page = person.page
    person.go(f"events/{event}")
    page.click("text=Use in the playground")
    page.click("button.main")
    page.wait_for_selector(".bubble:has-text('is paid.')")
    page.click("summary:has-text('Other rules')")
    page.fill("#rules", "version: 1\nsource: shop\nrules:\n  - name: mine\n    event: order.paid\n    to: \"{{ phone }}\"\n"
              "    send: {text: \"Thank you for {{ total | mony }}\"}\n")
    page.click("button.main")
    page.wait_for_selector(".need.bad:has-text('did you mean')")
    page.fill("#rules", page.input_value("#rules").replace(" | mony", ""))
    page.click("button.main")
    page.wait_for_selector(".bubble:has-text('Thank you for 12345678901234567890')")
    page.screenshot(path=folder / "playground-verdict.png", full_page=True)
    expect(service.get("/messages/count")["count"] == count, "the playground stored a message")
    person.context.close()
    print("console: an event was tried with other rules, and nothing was stored")


def rule_of_an_event(browser, service, base, hooks, folder):
    """From an event's page to a rule file: a template, a suggestion, a text of one's own, the bubble, and the file; without scripts."""
    post(hooks, {"id": "made-1", "type": "order.made", "phone": "+91 98450 61237",
                 "order": {"number": "KK-2041", "customer": {"name": "Asha Rao"}}})
    event = service.get("/events?type=order.made")["data"][0]["id"]
    for scripts in (True, False):
        person = Person(browser, base, service.token, java_script_enabled=scripts).sign_in(f"events/{event}", "#made")
        page = person.page
        page.click("text=Make a rule of it")
        page.click("a.row:has(b:text-is('order_paid'))")
        page.click(".choice:has-text('Asha')")
        page.fill("[name='own.2']", "{{ 10 | plus: 10 }} %")
        page.fill("[name='own.3']", "{{ id }}")
        page.click("text=See what comes of it")
        person.arrive(".bubble:has-text('20 % for your order made-1')")
        expect("Asha" in page.inner_text(".bubble"), "a suggestion that was chosen is not in the bubble")
        file = page.inner_text("#rule")
        expect("{{ 10 | plus: 10 }} %" in file and "Asha" not in file, f"the rule file is not what was chosen: {file}")
        expect("--fill '2={{ 10 | plus: 10 }} %'" in page.inner_text("#command"), "the command makes another rule")
        with page.expect_download() as download:
            page.click("a:has-text('Download order-paid.yaml')")
        expect(download.value.path().read_text() == file, "what is downloaded is not what is shown")
        expect(page.is_visible("text=Copy the command") == scripts, "the button to copy is there without scripts, or not with them")
        if scripts:
            page.click("button:has-text('Copy'):left-of(a:has-text('Download'))")
            page.wait_for_selector("button:has-text('Copied')")
            expect(page.evaluate("getSelection().toString().trim()") == file.strip(), "what is copied is not selected")
            page.screenshot(path=folder / "event-rule-chosen.png", full_page=True)
        person.context.close()
    print("console: a rule was made of an event, with scripts and without")


def replay_an_event(browser, service, base, hooks, folder):
    """From an event's page to what a replay would come to, why, the job, and the message that it made; without scripts."""
    for scripts in (True, False):
        key = f"replay-{scripts}"
        post(hooks, {"id": key, "type": "order.paid", "phone": "+91 98450 61237"})
        event = service.get("/events?type=order.paid&limit=1")["data"][0]["id"]
        person = Person(browser, base, service.token, java_script_enabled=scripts).sign_in(f"events/{event}", "#made")
        page = person.page
        page.click("text=Replay it")
        page.wait_for_selector("#kept + ul:has-text('It was told, or is about to be')")
        message = service.get(f"/messages?event={event}")["data"][0]["id"]
        service.post(f"/messages/{message}/cancel", {"reason": "for the test"})
        page.check("[name=again]")
        page.click("text=Look again")
        page.wait_for_selector(f".bubble:has-text('Order {key} is paid.')")
        page.fill("#reason", "it was called off by mistake")
        page.screenshot(path=folder / f"event-replay-made-{scripts}.png", full_page=True)
        page.click("button.main")
        page.wait_for_selector(".note:has-text('The event goes through the rules again.')")
        service.wait_for_jobs()
        page.click("text=its messages")
        page.wait_for_selector(f".chip:has-text('{event}')")
        page.go_back()
        person.context.close()
    print("console: an event was replayed, with scripts and without")


def asked_amid_updates(browser, service, base, hooks, folder):
    """54: what a person is asked to confirm, and what they ticked, stays while figures and lists hear what comes."""
    person = Person(browser, base, service.token).sign_in("messages?rule=paid", ".pick")
    page = person.page
    page.keyboard.press("j")
    page.keyboard.press("x")
    page.keyboard.press("j")
    page.keyboard.press("x")
    page.wait_for_selector("button:has-text('(2)')")
    post(hooks, {"id": "amid-1", "type": "order.paid", "phone": "+91 98450 61237"})
    page.wait_for_selector(".fresh a:has-text('1 new: show')")
    expect(page.locator(".pick :checked").count() == 2, "a live update took ticks away")
    page.screenshot(path=folder / "messages-ticked.png", full_page=True)
    person.go()
    before = int(page.inner_text("[data-count=scheduled]"))
    page.evaluate("document.querySelector('main').insertAdjacentHTML('beforeend', '<a id=ask data-dialog href=consent/add>Ask</a>')")
    page.click("#ask")
    page.fill("dialog[open] #reason", "half a rea")
    post(hooks, {"id": "amid-2", "type": "order.paid", "phone": "+91 98450 61237"})
    page.wait_for_selector(f"[data-count=scheduled]:text-is('{before + 1}')", state="attached")
    expect(page.input_value("dialog[open] #reason") == "half a rea", "a live update took a question away")
    expect(page.evaluate("document.activeElement.id") == "reason", "a live update took the focus away")
    person.context.close()
    print("console: what was asked and ticked stayed while updates came")


def decide_about_many(browser, service, base, hooks, folder):
    """Ticked rows, and all that match a filter, to a count, a reason and a job; without scripts."""
    for scripts in (True, False):
        for number in range(3):
            post(hooks, {"id": f"bulk-{scripts}-{number}", "type": "order.paid", "phone": f"+91 98450 6125{number}"})
        person = Person(browser, base, service.token, java_script_enabled=scripts).sign_in("messages?rule=paid", ".pick")
        page = person.page
        page.click("text=Decide about the chosen")
        page.wait_for_selector(".empty:has-text('No message is ticked')")
        person.go("messages?rule=paid")
        page.check(".pick >> nth=0 >> input")
        page.check(".pick >> nth=1 >> input")
        page.click("text=Decide about the chosen")
        page.wait_for_selector("text=that you ticked")
        page.select_option("[name=action]", "cancel")
        page.click("text=Count them")
        page.wait_for_selector(".figure:text-is('2')")
        page.screenshot(path=folder / f"new-job-ticked-{scripts}.png", full_page=True)
        page.fill("#reason", "both by mistake")
        page.click("text=Begin the job")
        page.wait_for_selector(".note:has-text('The job has begun.')")
        expect("2 messages by id" in page.inner_text("h1"), "the job is not about what was ticked")
        person.go("messages?state=scheduled&to=%2B919845061250")
        page.click("text=Decide about all that match")
        page.wait_for_selector(".chip:has-text('+919845061250')")
        page.select_option("[name=action]", "cancel")
        page.click("text=Count them")
        page.wait_for_selector(".figure:text-is('1')")
        page.fill("#reason", "wrong number")
        page.click("text=Begin the job")
        page.wait_for_selector(".note:has-text('The job has begun.')")
        person.context.close()
    print("console: ticked messages, and all that match a filter, became jobs, with scripts and without")


def links(page):
    """Where the rows of a list lead."""
    return page.locator("a.row").evaluate_all("rows => rows.map(row => row.href)")


def hear_what_comes(browser, service, base, hooks):
    """A list says how many are new while its rows stay, figures change in their places, and the foot can hold them."""
    person = Person(browser, base, service.token).sign_in()
    page = person.page
    service.wait_for_jobs()
    person.go("messages?rule=paid")
    rows = page.locator("a.row").all_inner_texts()
    shown = links(page)
    post(hooks, {"id": "new-1", "type": "order.paid", "phone": "+91 98450 61237"})
    page.wait_for_selector(".fresh a:has-text('1 new: show')")
    expect(page.locator("a.row").all_inner_texts() == rows, "rows moved by themselves")
    page.click(".fresh a")
    page.wait_for_selector(".fresh a", state="hidden")
    expect(links(page)[0] not in shown and links(page)[1] == shown[0], "the new message is not shown first")
    person.go()
    before = int(page.inner_text("[data-count=scheduled]"))
    post(hooks, {"id": "new-2", "type": "order.paid", "phone": "+91 98450 61237"})
    page.wait_for_selector(f"[data-count=scheduled]:text-is('{before + 1}')")
    # A page that comes back from the browser's cache hears again; a browser that is driven has no such cache.
    with page.expect_request("**/console/live"):
        page.evaluate("for (const name of ['pagehide', 'pageshow']) dispatchEvent(new PageTransitionEvent(name, { persisted: true }))")
    post(hooks, {"id": "new-3", "type": "order.paid", "phone": "+91 98450 61237"})
    page.wait_for_selector(f"[data-count=scheduled]:text-is('{before + 2}')")
    page.click(".live-switch")
    expect("held" in page.inner_text("footer"), "live updates cannot be held")
    person.context.close()
    print("console: a list said what is new, and rows stayed")


def picture(browser, service, base, folder):
    """The picture of the README."""
    person = Person(browser, base, service.token, viewport={"width": 1180, "height": 640}, timezone_id="Asia/Kolkata",
                    locale="en-GB").sign_in()
    person.go(service.pages()["offer"])
    person.page.screenshot(path=folder / "readme.png")
    person.context.close()


def main():
    expect(len(sys.argv) == 5 and re.match(r"https?://", sys.argv[1]), __doc__)
    base, token, folder = sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[4])
    folder.mkdir(parents=True, exist_ok=True)
    service = Service(base, token)
    post_events(sys.argv[3])
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-dev-shm-usage"])
        picture(browser, service, base, folder)
        three_requests(browser, service, base)
        hostile_payload(browser, service, base)
        by_keyboard_alone(browser, service, base, folder)
        without_scripts(browser, service, base)
        try_an_event(browser, service, base, folder)
        rule_of_an_event(browser, service, base, sys.argv[3], folder)
        replay_an_event(browser, service, base, sys.argv[3], folder)
        hear_what_comes(browser, service, base, sys.argv[3])
        asked_amid_updates(browser, service, base, sys.argv[3], folder)
        decide_about_many(browser, service, base, sys.argv[3], folder)
        look_at_every_page(browser, service, base, folder)
        browser.close()


if __name__ == "__main__":
    main()
