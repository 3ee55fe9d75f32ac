// Speaks to the simulator on this machine.

async function post(path, content) {
  const answer = await fetch(`/sim/${path}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(content),
  });
  if (answer.ok) return answer;
  const fault = await answer.json().catch(() => ({}));
  throw new Error(fault.error ?? `the simulator answered ${answer.status}`);
}

export const addPerson = async (given) => (await post("people", given)).json();
export const readAuthenticator = async () => (await fetch("/sim/authenticator")).json();
export const moveClock = (seconds) => post("clock", { seconds });
export const act = (psid, name, given = {}) => post(`people/${psid}/${name}`, given);

/** Calls `on[kind](facts)` for every change; the browser reconnects by itself. */
export function listen(on) {
  const source = new EventSource("/sim/events");
  for (const kind of ["state", "clock", "locales", "person", "message", "typing", "webhook"]) {
    source.addEventListener(kind, (event) => on[kind](JSON.parse(event.data)));
  }
  source.addEventListener("open", () => on.connection(true));
  source.addEventListener("error", () => on.connection(false));
}
