// One person's chat with a Page.

import { act } from "./api.js";
import { bubble, timeLine, undelivered } from "./bubble.js";
import { composer } from "./composer.js";
import { button, disclosure, el, link } from "./dom.js";
import { pageSide } from "./page_side.js";

const FAR_APART_MS = 15 * 60 * 1000;
const TYPING_MS = 20_000;
const whenOf = new Intl.DateTimeFormat(undefined, { weekday: "short", hour: "2-digit", minute: "2-digit" });

/** Keeps the newest message in sight while the size changes, unless the reader scrolled away. */
function keepAtEnd(scroller, ...contents) {
  let isAtEnd = true;
  let lastTop = 0;
  const follow = () => {
    if (isAtEnd) scroller.scrollTop = scroller.scrollHeight;
  };
  scroller.addEventListener("scroll", () => {
    const isNearEnd = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 40;
    // Only a move upwards is the reader's: new messages leave the position as it is.
    isAtEnd = isNearEnd || (isAtEnd && scroller.scrollTop >= lastTop);
    lastTop = scroller.scrollTop;
  });
  const watch = new ResizeObserver(follow);
  for (const one of [scroller, ...contents]) watch.observe(one);
}

export class Column {
  constructor(person, pageName, nowMs) {
    this.person = person;
    this.pageName = pageName;
    this.log = el("ol", {
      class: "log", role: "log", "aria-live": "polite", tabindex: "0", "data-testid": "log",
      "aria-label": `Chat of ${person.name}`,
    });
    this.typing = el("div", { class: "typing", role: "status", "data-testid": "typing", hidden: true },
      el("span", { class: "unseen" }, "The Page is writing"), el("i"), el("i"), el("i"));
    this.fault = el("p", { class: "fault", role: "alert", hidden: true });
    this.around = el("div", { class: "around" });
    this.choices = el("div", { class: "quick-replies", role: "group", "aria-label": "Quick replies" });
    this.window = el("span", { class: "window", "data-testid": "window-state" });
    this.menu = el("div", { class: "panel menu", "data-testid": "menu" });
    this.composer = composer(this.menu, (name, given) => this.act(name, given));
    this.pageSide = pageSide((name, given) => this.act(name, given));
    this.root = this.#layOut();
    this.show(person, nowMs);
  }

  #layOut() {
    const { person, pageName } = this;
    const head = el("header", { class: "head" },
      el("span", { class: "avatar", "aria-hidden": "true" }, pageName.slice(0, 1).toUpperCase()),
      el("div", { class: "who" }, el("h2", {}, pageName),
        el("p", {}, `as ${person.name}`, person.locale === "default" ? "" : ` · ${person.locale}`)),
      disclosure("More", "more", this.#more(), { "data-testid": "more" }));
    const scroller = el("div", { class: "scroller" }, this.around, this.log, this.typing);
    keepAtEnd(scroller, this.log, this.typing);
    return el("section", {
      class: "column", "data-testid": "column", "data-psid": person.psid, "aria-label": person.name,
    }, head, this.window, scroller, this.fault, this.choices, this.composer.root, this.pageSide.root);
  }

  #more() {
    const ref = el("input", { pattern: "[A-Za-z0-9=_\\-]+", required: true, "data-testid": "ref-input" });
    const follow = (event) => {
      event.preventDefault();
      this.act("arrive", { ref: ref.value });
      ref.value = "";
    };
    this.blocker = button("", () => this.act(this.person.is_blocking ? "unblock" : "block"), { "data-testid": "block", "data-closes": true });
    return el("div", { class: "panel more" },
      el("form", { class: "row", onsubmit: follow }, el("label", {}, "Come by an m.me link with this ref", ref),
        el("button", { type: "submit", "data-testid": "follow-link", "data-closes": true }, "Follow link")),
      this.blocker);
  }

  /** Do something as this person, and say so when it is not possible. */
  async act(name, given = {}) {
    this.fault.hidden = true;
    try {
      await act(this.person.psid, name, given);
    } catch (error) {
      this.fault.textContent = `That did not work: ${error.message}`;
      this.fault.hidden = false;
    }
  }

  /** Show what is known of the person. */
  show(person, nowMs) {
    this.person = person;
    this.root.classList.toggle("is-held", person.is_held);
    this.blocker.textContent = person.is_blocking ? "Unblock the Page" : "Block the Page";
    this.pageSide.show(person);
    this.#showMenu();
    this.#showAround();
    this.tick(nowMs);
  }

  /** Show whether the Page may write now. */
  tick(nowMs) {
    const { window_until_ms: untilMs, is_blocking: isBlocking, is_held: isHeld } = this.person;
    const isOpen = untilMs !== null && nowMs < untilMs;
    this.window.dataset.open = String(isOpen && !isBlocking);
    if (isBlocking) this.window.textContent = "Blocked: the Page cannot write";
    else if (untilMs === null) this.window.textContent = "No contact yet: the Page cannot write";
    else if (!isOpen) this.window.textContent = "24 hours are over: the Page cannot write";
    else if (isHeld) this.window.textContent = "A human in the Page inbox holds this chat";
    else this.window.textContent = `The Page may write until ${whenOf.format(untilMs)}`;
  }

  #showMenu() {
    const items = this.person.menu.map((item, index) => (item.url
      ? link(item.title, item.url, { class: "item", "data-testid": "menu-item", "data-closes": true })
      : button(item.title, () => this.act("menu", { index }), { class: "item", "data-testid": "menu-item", "data-closes": true })));
    this.menu.replaceChildren(...items);
    this.composer.showMenu(items.length > 0);
  }

  #showAround() {
    const { person } = this;
    if (person.has_written || this.log.childElementCount) return this.around.replaceChildren();
    const starters = person.ice_breakers.map((question, index) => button(question,
      () => this.act("ice-breaker", { index }), { class: "starter", "data-testid": "ice-breaker" }));
    if (!starters.length) {
      starters.push(button("Get started", () => this.act("get-started"), { class: "starter strong", "data-testid": "get-started" }));
    }
    const greeting = person.greeting || `This is the start of a chat with ${this.pageName}.`;
    return this.around.replaceChildren(
      el("span", { class: "avatar large", "aria-hidden": "true" }, this.pageName.slice(0, 1).toUpperCase()),
      el("p", { class: "page-name" }, this.pageName),
      el("p", { class: "greeting", "data-testid": "greeting" }, greeting),
      el("div", { class: "starters" }, ...starters));
  }

  /** Add a message at the end. */
  add(message) {
    this.around.replaceChildren();
    if (message.at_ms - (this.lastAtMs ?? 0) > FAR_APART_MS) this.log.append(timeLine(message.at_ms));
    this.lastAtMs = message.at_ms;
    this.log.append(bubble(message, (choice) => this.act("tap", { choice })));
    this.#showChoices(message.quick_replies);
    if (message.author !== "person") this.type(false);
  }

  #showChoices(quickReplies) {
    const hadFocus = this.choices.contains(document.activeElement);
    const all = quickReplies.map((one) => button(one.title, () => this.act("tap", { choice: one.payload }), { "data-testid": "quick-reply" }));
    this.choices.replaceChildren(...all);
    if (hadFocus) (all[0] ?? this.composer.input).focus();
  }

  /** Show or hide the sign that the Page is writing. */
  type(isOn) {
    clearTimeout(this.typingEnds);
    this.typing.hidden = !isOn;
    if (isOn) this.typingEnds = setTimeout(() => this.type(false), TYPING_MS);
  }

  /** Note that the bot did not take an event of this person. */
  deliveryEnded(mid, status) {
    if (status === 200) return;
    const item = [...this.log.children].find((one) => one.dataset.mid === mid);
    if (item && item.dataset.author === "person") item.append(undelivered(status));
  }
}
