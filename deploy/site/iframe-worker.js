// Hookline: webhooks in, WhatsApp out.
// SPDX-License-Identifier: Apache-2.0
//
// Browsers start no Worker for a page that comes from a file; the search runs in a hidden frame then, which speaks as one.
"use strict";
if (location.protocol === "file:") {
  window.Worker = class extends EventTarget {
    constructor(url) {
      super();
      this.waiting = [];
      this.frame = document.createElement("iframe");
      this.frame.hidden = true;
      document.body.append(this.frame);
      const inner = this.frame.contentWindow;
      inner.postMessage = (data) => {
        const event = new MessageEvent("message", { data });
        this.dispatchEvent(event);
        if (this.onmessage) this.onmessage(event);
      };
      inner.importScripts = (...urls) => urls.reduce((before, one) => before.then(() => this.load(inner, one)), Promise.resolve());
      this.load(inner, url).then(() => {
        const { waiting } = this;
        this.waiting = null;
        waiting.forEach((data) => this.deliver(data));
      });
    }

    load(inner, url) {
      return new Promise((loaded, failed) => {
        const script = inner.document.createElement("script");
        script.src = url;
        script.onload = loaded;
        script.onerror = failed;
        inner.document.body.append(script);
      });
    }

    postMessage(data) {
      if (this.waiting) this.waiting.push(data);
      else this.deliver(data);
    }

    deliver(data) {
      this.frame.contentWindow.dispatchEvent(new MessageEvent("message", { data }));
    }

    terminate() {
      this.frame.remove();
    }
  };
}
