#!/usr/bin/env python3
# Hookline: webhooks in, WhatsApp out.
# SPDX-License-Identifier: Apache-2.0
"""Opens the sandbox's page in a real browser, posts messages, and sees the bubbles appear without reload.

    sandbox_page.py BASE_URL SCREENSHOT_FOLDER

Needs Debian's chromium and chromium-driver, and selenium from PyPI. Ends with 1 and a sentence when something is
not as it should be; the screenshots are there for people to look at.
"""
import json
import pathlib
import re
import shutil
import sys
import urllib.request

from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

HEADERS = {
    "Content-Type": "application/json",
    "apiKey": "pk_sandbox000000000000000000000000000000000",
    "apiSecret": "sk_sandbox_not_a_secret",
}
ASHA, LEE = "12025550101", "12025550123"
EVIL = "<img src=x onerror=\"document.title='broken'\"> & 'quotes' \"\u0301 onmouseover=x"

TEMPLATE = {
    "type": "template", "phone": LEE, "templateName": "festive_offer",
    "templateVariables": {"1": "Lee", "2": "20 %", "3": "our regulars", "4": "winter"},
}
CAROUSEL = {
    "type": "template", "contactId": "ct_asha", "templateName": "new_homes",
    "templateVariables": {"1": "Three homes came in this week that fit what you told us"},
    "carousel": {"cards": [
        {"index": index, "bodyValues": {"name": name, "city": city, "price": price},
         "buttonValues": [{"index": 0, "sub_type": "url", "parameters": {"type": "text", "text": name.lower().replace(" ", "-")}}],
         "header": {"format": "image", "id": f"100000000000000{index + 1}"}}
        for index, (name, city, price) in enumerate([
            ("Villa Asoka", "Pune", "₹1.2 crore"), ("Garden House", "Nashik", "₹85 lakh"),
        ])
    ]},
}
CHOICE = {
    "type": "interactive", "phone": LEE,
    "content": json.dumps({"type": "button", "body": "Shall we deliver on *Friday*?", "buttons": [
        {"id": "yes", "title": "Yes, please"}, {"id": "no", "title": "Another day"}]}),
}


class Page:
    """The sandbox over HTTP, and its page in a browser."""

    def __init__(self, base, folder):
        self.base, self.folder = base.rstrip("/"), pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        options = Options()
        options.binary_location = shutil.which("chromium") or shutil.which("chromium-browser") or ""
        for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars"):
            options.add_argument(argument)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        self.browser = webdriver.Chrome(options=options, service=Service(shutil.which("chromedriver")))
        self.wait = WebDriverWait(self.browser, 20, poll_frequency=0.05)

    def send(self, message):
        request = urllib.request.Request(
            f"{self.base}/api/v1/public/messages/send", json.dumps(message).encode(), HEADERS, method="POST")
        with urllib.request.urlopen(request, timeout=20) as answer:
            return json.load(answer)["data"]["id"]

    def open(self, width, height):
        # The window cannot be as narrow as a telephone; the emulated screen can.
        self.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
            "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600})
        self.browser.get(self.base + "/")
        self.wait.until(lambda browser: browser.find_element(By.ID, "state").text == "live")

    def bubble(self, identifier):
        bubble = self.wait.until(lambda browser: next(iter(browser.find_elements(By.ID, identifier)), None))
        # It fades in; WebDriver reads no text off an element that cannot be seen yet.
        self.wait.until(lambda browser: bubble.find_element(By.CLASS_NAME, "body").is_displayed())
        return bubble

    def press(self, parent, selector):
        button = parent.find_element(By.CSS_SELECTOR, selector)
        self.wait.until(lambda browser: button.is_displayed())
        button.click()

    def shoot(self, name):
        self.browser.execute_async_script(
            "const done = arguments[0]; Promise.all(document.getAnimations().map(a => a.finished))"
            ".then(() => requestAnimationFrame(() => requestAnimationFrame(done)))")
        self.browser.save_screenshot(str(self.folder / f"{name}.png"))

    def errors(self):
        return [entry["message"] for entry in self.browser.get_log("browser") if entry["level"] in ("SEVERE", "WARNING")]


def expect(condition, sentence):
    if not condition:
        sys.exit(f"sandbox_page: {sentence}")


def watch_messages_arrive(page):
    page.open(1280, 900)
    page.browser.execute_script("window.sameDocument = true")
    offer = page.bubble(page.send(TEMPLATE))
    expect("everything for the table is 20 % cheaper" in offer.text, "the template's body is not filled")
    expect("A present for our regulars" in offer.text, "the template's header is not filled")
    link = offer.find_element(By.CSS_SELECTOR, ".buttons a")
    expect(link.get_attribute("href") == "https://shop.example/winter", "the button's address is not filled")
    carousel = page.bubble(page.send(CAROUSEL))
    expect(len(carousel.find_elements(By.CSS_SELECTOR, ".card")) == 2, "the carousel has not two cards")
    page.wait.until(lambda browser: all(
        browser.execute_script("return arguments[0].naturalWidth", image) > 0
        for image in carousel.find_elements(By.TAG_NAME, "img")))
    page.bubble(page.send(CHOICE))
    expect(page.browser.execute_script("return window.sameDocument"), "the page was loaded anew")
    expect(page.browser.find_element(By.ID, "count").text == "3", "the count is not 3")
    return carousel


def turn_cards(page, carousel):
    cards = carousel.find_element(By.CSS_SELECTOR, ".cards")
    page.press(carousel, ".turn.on")
    page.wait.until(lambda browser: browser.execute_script("return arguments[0].scrollLeft", cards) > 50)
    page.press(carousel, ".turn.back")
    page.wait.until(lambda browser: browser.execute_script("return arguments[0].scrollLeft", cards) < 8)


def survive_evil_text(page):
    bubble = page.bubble(page.send({"type": "text", "phone": LEE, "content": EVIL}))
    expect(bubble.find_element(By.CSS_SELECTOR, ".body").text == EVIL, "a text with markup is not shown as it is")
    expect(not bubble.find_elements(By.TAG_NAME, "img"), "a text with markup became markup")
    expect(page.browser.title == "Hookline sandbox", "a text with markup ran a script")


def look_on_a_telephone(page):
    page.open(390, 844)
    width = page.browser.execute_script("return document.documentElement.scrollWidth")
    expect(width <= 390, f"the page is {width} pixels wide on a screen of 390")
    page.shoot("telephone")
    page.browser.find_element(By.ID, f"phone-{ASHA}").find_element(By.CSS_SELECTOR, ".chat")
    page.browser.execute_script(f"document.getElementById('phone-{ASHA}').scrollIntoView()")
    page.shoot("telephone-carousel")


def clear_everything(page):
    page.browser.execute_script("window.sameDocument = true")
    request = urllib.request.Request(f"{page.base}/sandbox/messages", method="DELETE")
    urllib.request.urlopen(request, timeout=20).close()
    page.wait.until(lambda browser: browser.find_elements(By.CSS_SELECTOR, "#phones:empty"))
    expect("No telephone" in page.browser.find_element(By.CSS_SELECTOR, ".empty").text, "an empty page says nothing")


def main():
    expect(len(sys.argv) == 3 and re.match(r"https?://", sys.argv[1]), __doc__)
    page = Page(sys.argv[1], sys.argv[2])
    try:
        carousel = watch_messages_arrive(page)
        turn_cards(page, carousel)
        page.shoot("desktop")
        survive_evil_text(page)
        look_on_a_telephone(page)
        clear_everything(page)
        errors = page.errors()
        expect(not errors, f"the browser's console has errors: {errors}")
    finally:
        page.browser.quit()
    print(f"sandbox_page: all bubbles appeared; screenshots in {page.folder}")


main()
