// The drawer under a chat: a human at the Page's own desk.

import { button, el } from "./dom.js";

/** The drawer; `act(name, given)` does what the human at the Page asks for. */
export function pageSide(act) {
  const input = el("input", { "aria-label": "Answer as a human", placeholder: "Answer as a human", required: true, autocomplete: "off", "data-testid": "inbox-input" });
  const say = (event) => {
    event.preventDefault();
    act("inbox", { text: input.value });
    input.value = "";
  };
  const over = button("Take the chat over", () => act("hand-over"), { "data-testid": "hand-over" });
  const back = button("Hand back to the bot", () => act("hand-back"), { "data-testid": "hand-back" });
  const state = el("span", { class: "state", "data-testid": "inbox-state" });
  const root = el("details", { class: "page-side", "data-testid": "inbox-drawer" },
    el("summary", { "data-testid": "inbox-toggle" }, "Page inbox", state),
    el("form", { class: "row", onsubmit: say }, input,
      el("button", { type: "submit", "data-testid": "inbox-send" }, "Send")),
    el("div", { class: "row" }, over, back));
  const show = (person) => {
    over.disabled = person.is_held;
    state.textContent = person.is_held ? "a human answers" : "";
  };
  return { root, show };
}
