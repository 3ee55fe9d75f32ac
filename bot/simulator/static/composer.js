// Where a person types.

import { button, disclosure, el, icon } from "./dom.js";

const KINDS = [["image", "Photo"], ["sticker", "Sticker"], ["audio", "Voice message"], ["video", "Film"], ["file", "File"], ["location", "Place"]];

/** The composer; `act(name, given)` does what the person asks for. */
export function composer(menuPanel, act) {
  const input = el("textarea", {
    rows: "1", "aria-label": "Message", placeholder: "Message", "data-testid": "composer-input", autocomplete: "off",
  });
  const fit = () => {
    input.style.height = "auto";
    input.style.height = `${Math.min(input.scrollHeight, 120)}px`;
  };
  const say = (event) => {
    event.preventDefault();
    const text = input.value.trim();
    if (!text) return;
    input.value = "";
    fit();
    act("say", { text });
  };
  input.addEventListener("input", fit);
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) say(event);
  });
  const kinds = KINDS.map(([kind, title]) => button(title, () => act("attachment", { kind }),
    { class: "item", "data-testid": `attach-${kind}`, "data-closes": true }));
  const attach = disclosure("Send a photo, sticker or file", "plus", el("div", { class: "panel attach" }, ...kinds), { "data-testid": "attach-toggle" });
  const menu = disclosure("Menu", "menu", menuPanel, { "data-testid": "menu-toggle" });
  const send = el("button", { type: "submit", class: "round send", "aria-label": "Send", title: "Send", "data-testid": "send" }, icon("send"));
  const root = el("form", { class: "composer", onsubmit: say }, menu, attach, input, send);
  return { root, input, showMenu: (has) => { menu.hidden = !has; } };
}
