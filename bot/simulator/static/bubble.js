// One message in a thread.

import { button, el, icon, link, linked } from "./dom.js";

const AUTHORS = { person: "You", bot: "The Page", inbox: "A human in the Page inbox" };
const DRAWN = new Set(["image", "sticker", "audio", "video", "location"]);

const timeOf = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const dayOf = new Intl.DateTimeFormat(undefined, { weekday: "short", day: "numeric", month: "short" });

/** A line between messages that are far apart in time. */
export function timeLine(atMs) {
  const text = `${dayOf.format(atMs)}, ${timeOf.format(atMs)}`;
  return el("li", { class: "time-line", role: "presentation" }, text);
}

/** The bubble of a message; `tap(choice)` is called for its postback buttons. */
export function bubble(message, tap) {
  const { author, mid } = message;
  const item = el("li", {
    class: `message ${author}`, "data-testid": "message", "data-author": author, "data-mid": mid,
    title: timeOf.format(message.at_ms),
  });
  item.append(el("span", { class: "unseen" }, `${AUTHORS[author]}: `));
  if (author === "inbox") item.append(el("span", { class: "by" }, "Human · Page inbox"));
  if (message.text) item.append(bubbleBox(message, tap));
  if (message.cards.length) item.append(cards(message.cards, tap));
  if (message.attachment) item.append(attachment(message.attachment));
  return item;
}

function bubbleBox(message, tap) {
  const text = el("p", { class: "text", "data-testid": "text" }, ...linked(message.text));
  return el("div", { class: "box" }, text, buttonList(message.buttons, tap));
}

function cards(items, tap) {
  const all = items.map((card) => el("div", { class: "box card" },
    el("p", { class: "text" }, el("strong", {}, card.title)),
    card.subtitle ? el("p", { class: "text subtitle" }, card.subtitle) : null,
    buttonList(card.buttons, tap)));
  return el("div", { class: "cards", tabindex: "0", role: "group", "aria-label": "Cards" }, ...all);
}

function buttonList(buttons, tap) {
  if (!buttons.length) return null;
  const all = buttons.map((one) => (one.url
    ? link(one.title, one.url, { class: "choice", "data-testid": "button" })
    : button(one.title, () => tap(one.payload), { class: "choice", "data-testid": "button" })));
  return el("div", { class: "buttons" }, ...all);
}

function attachment(file) {
  if (DRAWN.has(file.kind)) {
    return el("div", { class: `box attachment ${file.kind}`, "data-testid": "attachment" },
      icon(file.kind), el("span", { class: "name" }, file.name));
  }
  const size = file.size_bytes ? ` · ${Math.max(1, Math.round(file.size_bytes / 1024))} KiB` : "";
  const label = el("span", { class: "name" }, file.name + size);
  const traits = { class: "box attachment file", "data-testid": "attachment" };
  if (!file.href) return el("div", traits, icon("file"), label);
  return el("a", { ...traits, href: file.href, download: file.name }, icon("file"), label);
}

/** What stands under a message that the bot did not take. */
export function undelivered(status) {
  const why = status ? `it answered ${status}` : "no answer";
  return el("span", { class: "undelivered", "data-testid": "undelivered" }, `The bot did not take this: ${why}.`);
}
