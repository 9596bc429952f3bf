// Hookline's console: what pages do beyond links and forms. Everything works without it, too.
"use strict";
(() => {
  const find = (selector, from = document) => from.querySelector(selector);
  const all = (selector, from = document) => [...from.querySelectorAll(selector)];
  const kept = (name) => { try { return localStorage.getItem(name); } catch { return null; } };
  const keep = (name, value) => { try { localStorage.setItem(name, value); } catch { /* a private window keeps nothing */ } };
  const up = document.body.dataset.up || "./";

  // Times: the browser's zone with its name, UTC by a switch.
  const browserZone = Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";
  let utc = kept("hookline-utc") === "1";
  const showTimes = (from = document) => {
    const zone = utc ? "UTC" : browserZone;
    const whole = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium", timeZone: zone });
    const short = { month: "short", day: "numeric", hour: "numeric", minute: "2-digit", timeZone: zone };
    const thisYear = new Intl.DateTimeFormat(undefined, short);
    const otherYear = new Intl.DateTimeFormat(undefined, { ...short, year: "numeric" });
    for (const time of all("time[datetime]", from)) {
      const at = new Date(time.dateTime);
      if (Number.isNaN(at.getTime())) continue;
      const isNear = Math.abs(Date.now() - at) < 180 * 86_400_000;
      time.textContent = (time.closest(".rows, .words") ? (isNear ? thisYear : otherYear) : whole).format(at);
      time.title = `${whole.format(at)}, ${zone} (${time.dateTime})`;
    }
    const name = new Intl.DateTimeFormat(undefined, { timeZone: zone, timeZoneName: "long" }).formatToParts(new Date())
      .find((part) => part.type === "timeZoneName");
    for (const line of all("footer .zone")) {
      line.hidden = false;
      find(".zone-name", line).textContent = utc ? "UTC" : `${name ? name.value : zone} (${zone})`;
      find(".zone-switch", line).textContent = utc ? "Show my time" : "Show UTC";
      find(".zone-switch", line).hidden = browserZone === "UTC";
    }
  };
  // What is typed into a filter is of the zone that is shown; the address has the instant.
  const showTyped = () => {
    for (const word of all(".typed-zone")) word.textContent = utc ? "UTC" : browserZone;
    for (const field of all("input[name=since], input[name=until]")) {
      if (field.dataset.shown !== undefined && field.dataset.shown !== field.value) continue;
      const text = field.dataset.at || field.value;
      const at = new Date(text);
      if (!/T.*(Z|[+-]\d\d:\d\d)$/.test(text) || Number.isNaN(at.getTime())) continue;
      field.dataset.at = text;
      const local = new Date(at - (utc ? 0 : at.getTimezoneOffset() * 60_000));
      field.value = field.dataset.shown = local.toISOString().slice(0, 16).replace("T", " ");
    }
  };
  document.addEventListener("submit", (event) => {
    for (const field of all("input[name=since], input[name=until]", event.target)) {
      const typed = /^(\d{4}-\d\d-\d\d)(?:[ T](\d\d:\d\d))?$/.exec(field.value.trim());
      const at = typed && new Date(`${typed[1]}T${typed[2] || "00:00"}${utc ? "Z" : ""}`);
      if (field.dataset.shown === field.value && field.dataset.at) field.value = field.dataset.at;
      else if (at && !Number.isNaN(at.getTime())) field.value = at.toISOString();
      delete field.dataset.shown;
      delete field.dataset.at;
    }
  });
  addEventListener("pageshow", showTyped);
  document.addEventListener("click", (event) => {
    if (!event.target.closest(".zone-switch")) return;
    utc = !utc;
    keep("hookline-utc", utc ? "1" : "0");
    showTimes();
    showTyped();
  });
  showTimes();
  showTyped();
  // On a narrow screen the navigation is one line: the entry that is open is in it.
  find("nav [aria-current='page']")?.scrollIntoView({ block: "nearest", inline: "center" });

  // Forms behind a link open in a dialog; without this the link leads to the form's page.
  const openDialog = (content, label) => {
    const dialog = document.createElement("dialog");
    dialog.setAttribute("aria-label", label);
    dialog.append(content);
    dialog.addEventListener("close", () => dialog.remove());
    dialog.addEventListener("click", (event) => {
      const close = event.target.closest("[data-close]");
      if (!close && event.target !== dialog) return;
      event.preventDefault();
      dialog.close();
    });
    document.body.append(dialog);
    dialog.showModal();
    return dialog;
  };
  document.addEventListener("click", async (event) => {
    const link = event.target.closest("a[data-dialog]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    try {
      const answer = await fetch(link.href, { headers: { Accept: "text/html" } });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const ask = find(".ask", page);
      if (!answer.ok || answer.redirected || !ask) throw new Error("no form");
      for (const form of all("form", ask)) form.action = link.href;
      for (const other of all("a[href]", ask)) other.href = new URL(other.getAttribute("href"), link.href).href;
      const heading = find("h1", ask);
      const dialog = openDialog(document.importNode(ask, true), heading ? heading.textContent : "Form");
      showTimes(dialog);
      const field = find("input:not([type=hidden]), textarea", dialog);
      if (field) field.focus();
    } catch {
      location.assign(link.href);
    }
  });

  // A form is sent once, however often its button is pressed.
  document.addEventListener("submit", (event) => {
    if (event.target.dataset.sent) return event.preventDefault();
    if (event.target.method === "post") event.target.dataset.sent = "1";
  });
  addEventListener("pageshow", () => { for (const form of all("form")) delete form.dataset.sent; });

  // A text to take along; over plain HTTP to another machine browsers have no clipboard: then it is selected and copied.
  for (const button of all("[data-copy]")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      const text = find(button.dataset.copy);
      getSelection().selectAllChildren(text);
      let done = true;
      try {
        await navigator.clipboard.writeText(text.textContent);
      } catch {
        done = document.execCommand("copy");
      }
      button.textContent = done ? "Copied" : "Selected: copy it";
    });
  }

  // How many rows are ticked.
  const countTicks = () => {
    const ticks = all(".pick :checked").length;
    for (const place of all(".chosen-count")) place.textContent = ticks ? ` (${ticks})` : "";
  };
  document.addEventListener("change", countTicks);
  addEventListener("pageshow", countTicks);

  // What changes, as it changes: figures in their places, and "3 new", for rows never move by themselves. Nothing is asked
  // while nobody looks, or while it is held.
  const watch = find("[data-watch]");
  const figures = all("[data-count]");
  const progress = find("[data-job]");
  const pause = find("footer .live-switch");
  const count = async () => {
    if (!watch) return;
    const address = new URL(watch.dataset.watch, location.href);
    address.searchParams.set("newest", watch.dataset.newest);
    const answer = await fetch(address, { headers: { Accept: "application/json" } });
    if (!answer.ok || answer.redirected) return;
    const { new: found, more } = await answer.json();
    if (!found) return;
    const link = document.createElement("a");
    link.href = location.href;
    link.textContent = `${found}${more ? " or more" : ""} new: show`;
    watch.replaceChildren(link);
  };
  const hear = (event) => {
    const { messages, states, jobs } = JSON.parse(event.data);
    for (const figure of figures) {
      const number = states[figure.dataset.count];
      if (number !== undefined) figure.textContent = String(number).replace(/\B(?=(\d{3})+$)/g, "\u2009");
    }
    if (progress) {
      const job = jobs.find((entry) => entry.id === progress.dataset.job);
      if (job) find("progress", progress).value = job.handled;
      if (job) find("span", progress).textContent = `${job.handled} of ${job.total}`;
      else if (progress.dataset.running) {
        // Not under somebody who is being asked something.
        const asked = find("dialog[open]");
        if (asked) asked.addEventListener("close", () => location.reload(), { once: true });
        else location.reload();
      }
      if (job) progress.dataset.running = "1";
    }
    if (messages) count().catch(() => {});
  };
  let stream = null;
  const held = () => kept("hookline-live") === "off";
  const follow = () => {
    const wanted = !document.hidden && !held() && (watch || figures.length || progress);
    if (wanted && !stream) {
      stream = new EventSource(new URL(up + "live", location.href));
      stream.addEventListener("update", hear);
      // The first update says how things stand; what came between the page and it is counted then.
      stream.addEventListener("update", () => count().catch(() => {}), { once: true });
    } else if (!wanted && stream) {
      stream.close();
      stream = null;
    }
    if (pause) pause.textContent = held() ? "Live updates are held: go on" : "Hold live updates";
  };
  if (pause && (watch || figures.length || progress)) {
    pause.parentElement.hidden = false;
    pause.addEventListener("click", () => { keep("hookline-live", held() ? "on" : "off"); follow(); });
  }
  document.addEventListener("visibilitychange", follow);
  addEventListener("pagehide", () => { stream?.close(); stream = null; });
  addEventListener("pageshow", follow);

  // The keyboard; it can be switched off (WCAG 2.1.4).
  const places = { o: "./", m: "messages", e: "events", r: "rules", p: "playground", t: "templates", s: "sources", c: "consent", j: "jobs", k: "access", a: "audit" };
  const help = [
    ["/", "Search"], ["g m", "Messages; g o overview, g e events, g r rules, g p playground, g t templates, g s sources, g c consent, g j jobs, g k access, g a audit"],
    ["j k", "Next row, row before"], ["x", "Tick the row"], ["Enter", "Open the row"], ["?", "This list"], ["Esc", "Close"],
  ];
  const keysOff = () => kept("hookline-keys") === "off";
  const showKeys = () => {
    const box = document.createElement("div");
    box.className = "card";
    const heading = document.createElement("h2");
    heading.textContent = "Keyboard";
    const list = document.createElement("dl");
    list.className = "facts";
    for (const [keys, words] of help) {
      const term = document.createElement("dt");
      const key = document.createElement("kbd");
      key.textContent = keys;
      term.append(key);
      const meaning = document.createElement("dd");
      meaning.textContent = words;
      list.append(term, meaning);
    }
    const label = document.createElement("label");
    const check = document.createElement("input");
    check.type = "checkbox";
    check.checked = !keysOff();
    check.addEventListener("change", () => keep("hookline-keys", check.checked ? "on" : "off"));
    label.append(check, " Keys do this");
    const actions = document.createElement("p");
    actions.className = "actions";
    const close = document.createElement("button");
    close.type = "button";
    close.dataset.close = "";
    close.textContent = "Close";
    actions.append(close);
    box.append(heading, list, label, actions);
    openDialog(box, "Keyboard");
  };
  for (const line of all("footer .keys")) line.hidden = false;
  document.addEventListener("click", (event) => { if (event.target.closest(".keys-open")) showKeys(); });

  let waiting = "";
  const step = (by) => {
    const rows = all("a.row");
    if (!rows.length) return;
    const at = rows.indexOf(document.activeElement);
    rows[Math.min(rows.length - 1, Math.max(0, at < 0 ? 0 : at + by))].focus();
  };
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, textarea, select, [contenteditable]");
    if (keysOff() || typing || event.ctrlKey || event.metaKey || event.altKey || find("dialog[open]")) return;
    const key = event.key;
    if (waiting === "g" && places[key]) {
      waiting = "";
      return location.assign(up + places[key]);
    }
    waiting = key === "g" ? "g" : "";
    if (key === "/") { event.preventDefault(); find("#q")?.focus(); }
    else if (key === "j") step(1);
    else if (key === "k") step(-1);
    else if (key === "x") find("[type=checkbox]", document.activeElement.closest(".pick") || new DocumentFragment())?.click();
    else if (key === "?") showKeys();
  });
})();
