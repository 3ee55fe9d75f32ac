// Builds elements. Data only ever becomes text or an attribute, never markup.

/**
 * @param {string} tag
 * @param {Record<string, unknown>} traits attributes; `on…` are listeners, true sets, false leaves out
 * @param {...(Node|string|null|undefined)} children
 */
export function el(tag, traits = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(traits)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) node.setAttribute(name, value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

/** A button; `act` runs on a click. */
export function button(title, act, traits = {}) {
  return el("button", { type: "button", onclick: act, ...traits }, title);
}

/** A link that opens in a new tab and tells the other side nothing. */
export function link(title, url, traits = {}) {
  if (!/^https?:\/\//.test(url)) return el("span", {}, title);
  return el("a", { href: url, target: "_blank", rel: "noopener noreferrer", ...traits }, title);
}

/** Text whose web addresses can be clicked. */
export function linked(text) {
  const pieces = text.split(/(https?:\/\/[^\s<>"]*[^\s<>".,;:!?)])/);
  return pieces.map((piece, index) => (index % 2 ? link(piece, piece) : piece));
}

const icons = {
  menu: "M4 7h16M4 12h16M4 17h16",
  plus: "M12 5v14M5 12h14",
  send: "M4 12l16-7-5 15-3.5-6.5zM11.5 13.5L20 5",
  more: "M5 12h.01M12 12h.01M19 12h.01",
  file: "M7 3h7l5 5v13H7zM14 3v5h5",
  image: "M3 5h18v14H3zM3 16l5-5 4 4 3-3 6 6M15.5 9h.01",
  sticker: "M12 3a9 9 0 1 0 9 9h-5a4 4 0 0 1-4-4zM12 3l9 9M8 13.5a4 4 0 0 0 5 3M8 9.5h.01",
  audio: "M12 3a3 3 0 0 0-3 3v5a3 3 0 0 0 6 0V6a3 3 0 0 0-3-3zM5 11a7 7 0 0 0 14 0M12 18v3",
  video: "M3 6h12v12H3zM15 10l6-3v10l-6-3z",
  location: "M12 21s7-6.5 7-11.5a7 7 0 0 0-14 0C5 14.500 12 21 12 21zM12 9.500h.01",
};

/** A small line drawing. */
export function icon(name) {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  const path = document.createElementNS(space, "path");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  svg.classList.add("icon");
  path.setAttribute("d", icons[name]);
  svg.append(path);
  return svg;
}

/** A button that shows and hides a panel; Escape and a click elsewhere hide it. */
export function disclosure(label, iconName, panel, traits = {}) {
  const opener = el("button", {
    type: "button", class: "round", "aria-label": label, "aria-expanded": "false", title: label, ...traits,
  }, icon(iconName));
  const holder = el("div", { class: "disclosure" }, opener, panel);
  const show = (isOpen) => {
    panel.hidden = !isOpen;
    opener.setAttribute("aria-expanded", String(isOpen));
  };
  opener.addEventListener("click", () => {
    show(panel.hidden);
    if (!panel.hidden) panel.querySelector("button, a, input")?.focus();
  });
  holder.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || panel.hidden) return;
    show(false);
    opener.focus();
  });
  document.addEventListener("pointerdown", (event) => {
    if (!holder.contains(event.target)) show(false);
  });
  panel.addEventListener("click", (event) => {
    if (event.target.closest("[data-closes]")) show(false);
  });
  show(false);
  return holder;
}
