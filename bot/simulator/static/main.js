// The whole page: the people side by side, the clock, and adding a person.

import { act, addPerson, listen, moveClock, readAuthenticator } from "./api.js";
import { Column } from "./column.js";
import { button, el } from "./dom.js";

const byId = (id) => document.getElementById(id);
const columns = new Map();
let pages = new Map();
let aheadMs = 0;
let chosen = null;
/** Whom to open as soon as they are here. */
let awaited = null;

const nowMs = () => Date.now() + aheadMs;
const clockOf = new Intl.DateTimeFormat(undefined, {
  weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit",
});

function tick() {
  const time = byId("clock");
  time.textContent = clockOf.format(nowMs());
  time.dateTime = new Date(nowMs()).toISOString();
  for (const column of columns.values()) column.tick(nowMs());
}

function setClock(clock) {
  aheadMs = clock.now_ms - Date.now();
  byId("moves").hidden = !clock.can_move;
  tick();
}

/** Shows what to type to become the owner; once somebody is, the digits of their app. */
async function showAuthenticator() {
  const { type, digits } = await readAuthenticator();
  const shown = digits?.replace(/^(...)/, "$1 ");
  byId("authenticator").hidden = !(type ?? digits);
  byId("authenticator-what").textContent = type
    ? "To be the owner, type in a chat:"
    : "The owner's authenticator app, set up by the demo:";
  byId("authenticator-value").textContent = type ?? shown ?? "";
}

function showPerson(person) {
  const known = columns.get(person.psid);
  if (known) return known.show(person, nowMs());
  const column = new Column(person, pages.get(person.page_id), nowMs());
  columns.set(person.psid, column);
  byId("columns").append(column.root);
  byId("people-tabs").append(button(person.name, () => choose(person.psid), { "data-testid": "person-tab", "data-psid": person.psid }));
  byId("nobody").hidden = true;
  choose(chosen ?? person.psid);
  return openChat(awaited);
}

function openChat(psid) {
  awaited = psid;
  const column = columns.get(psid);
  if (!column) return;
  awaited = null;
  choose(psid);
  column.root.scrollIntoView({ inline: "nearest", block: "nearest" });
  column.composer.input.focus();
}

function choose(psid) {
  chosen = psid;
  for (const [id, column] of columns) column.root.classList.toggle("is-chosen", id === psid);
  for (const tab of byId("people-tabs").children) {
    tab.setAttribute("aria-current", String(tab.dataset.psid === psid));
  }
}

function start(state) {
  columns.clear();
  byId("columns").replaceChildren();
  byId("people-tabs").replaceChildren();
  pages = new Map(state.pages.map((page) => [page.id, page.name]));
  setClock(state.clock);
  fillDialog(state);
  byId("nobody").hidden = state.people.length > 0;
  if (!state.people.some((person) => person.psid === chosen)) chosen = null;
  for (const person of state.people) {
    showPerson(person);
    for (const message of state.threads[person.psid]) columns.get(person.psid).add(message);
  }
  return comeByLink();
}

/** Let somebody new come by an m.me link, which names a Page: "/555000111?ref=de-news". */
async function comeByLink() {
  const page = location.pathname.slice(1);
  if (!pages.has(page)) return;
  const ref = new URLSearchParams(location.search).get("ref");
  // So that nobody comes again when the page is loaded anew.
  history.replaceState(null, "", "/");
  const { psid } = await addPerson({ page_id: page });
  openChat(psid);
  if (ref) await act(psid, "arrive", { ref });
}

function fillDialog(state) {
  const form = byId("person-form");
  form.page_id.replaceChildren(...state.pages.map((page) => el("option", { value: page.id }, page.name)));
  byId("page-choice").hidden = state.pages.length < 2;
  fillLocales(state.locales);
}

function fillLocales(locales) {
  const form = byId("person-form");
  const title = (locale) => (locale === "default" ? "any language" : locale);
  form.locale.replaceChildren(...locales.map((locale) => el("option", { value: locale }, title(locale))));
}

async function addFromForm(event) {
  event.preventDefault();
  const form = event.target;
  const given = Object.fromEntries(new FormData(form));
  byId("person-dialog").close();
  form.reset();
  const { psid } = await addPerson(given);
  openChat(psid);
}

listen({
  state: start,
  clock: setClock,
  locales: fillLocales,
  person: showPerson,
  message: ({ psid, message }) => columns.get(psid)?.add(message),
  typing: ({ psid, is_on: isOn }) => columns.get(psid)?.type(isOn),
  webhook: ({ psid, mid, status }) => columns.get(psid)?.deliveryEnded(mid, status),
  connection: (isUp) => { byId("offline").hidden = isUp; },
});
for (const id of ["add-person", "add-first"]) {
  byId(id).addEventListener("click", () => byId("person-dialog").showModal());
}
byId("person-cancel").addEventListener("click", () => byId("person-dialog").close());
byId("person-form").addEventListener("submit", addFromForm);
byId("moves").addEventListener("click", (event) => {
  const { hours } = event.target.dataset;
  if (hours) moveClock(Number(hours) * 3600);
});
setInterval(tick, 5000);
// While the simulator is away the page says so already.
const keepShowing = () => showAuthenticator().catch(() => {});
keepShowing();
setInterval(keepShowing, 2000);
