/* Sends what waits, photos and signatures first, each record last. A record is done when the portal's receipt names the
   SHA-256 of what was sent; until then it stays and is sent again. The portal stores once what comes twice. */
import * as keeping from "./keeping.js";

const PATIENCE_MS = 60e3;
export const OFFLINE = "offline", SIGNED_OUT = "signed out", BUSY = "busy";

/* The portal's answer on who is logged in; OFFLINE, SIGNED_OUT or BUSY where there is none. */
export async function session({ unattended = false, devices = [] } = {}) {
  const asked = new URLSearchParams([await keeping.device(), ...devices].map((id) => ["device", id]));
  const answer = await ask(`session/?${asked}`, { headers: unattended ? { "X-Unattended": "1" } : {} });
  if (typeof answer === "string") return answer;
  if (!answer.ok) return BUSY;
  const told = await answer.json();
  if (!(await keeping.isLeaving())) return told;
  // Somebody signed out here while there was no network: the portal is told first.
  await ask("/logout/", { method: "POST", headers: { "X-CSRFToken": told.token } });
  await keeping.hasLeft();
  return SIGNED_OUT;
}

async function ask(address, options = {}) {
  try {
    const answer = await fetch(address, { redirect: "manual", cache: "no-store", signal: AbortSignal.timeout(PATIENCE_MS), ...options });
    return answer.type === "opaqueredirect" ? SIGNED_OUT : answer; // the portal leads to its log-in page
  } catch {
    return OFFLINE;
  }
}

export async function search(text) {
  const answer = await ask(`search/?${new URLSearchParams({ q: text })}`);
  return answer.ok ? (await answer.json()).places : null;
}

let coming = null;

/* Send all that waits, after a sending that is under way, here or in another tab: it may have begun before this was
   written, or before the network was back. Returns why something still waits, "" where nothing does, or undefined where
   a turn that is still to come does it too. `again`: also what the portal refused before. */
export async function send({ unattended = false, again = false } = {}) {
  if (coming) {
    coming.unattended &&= unattended;
    coming.again ||= again;
    return undefined;
  }
  const turn = (coming = { unattended, again });
  return keeping.alone("sending", () => {
    coming = null;
    return sendAll(turn);
  });
}

async function sendAll({ unattended, again }) {
  const told = await session({ unattended });
  if (typeof told === "string") return told;
  const me = await keeping.who();
  if (!me || me.id !== told.user.id || !unattended) await keeping.signedIn(told);
  const waiting = (await keeping.mine()).filter((one) => one.state === keeping.WAITING && (again || !one.problem));
  for (const record of waiting.reverse()) {
    const why = await sendOne(record, told.token);
    if (why) return why; // without a network the next one would not get through either
  }
  await keeping.tidy();
  return "";
}

async function sendOne(record, token) {
  for (const piece of record.pieces.filter((one) => !one.received)) {
    const why = await sendPiece(record, piece, token);
    if (why !== "") return why === REFUSED ? "" : why;
  }
  const bytes = new TextEncoder().encode(record.body), sha256 = await keeping.sha256(bytes);
  if ((await keeping.read(record.id))?.body !== record.body) return ""; // changed meanwhile: it goes with the next turn
  const answer = await ask("records/", {
    method: "POST", body: bytes, headers: { "Content-Type": "application/json", "X-CSRFToken": token },
  });
  if (typeof answer === "string") return answer;
  if (answer.status >= 500 || answer.status === 429) return BUSY;
  const told = await answer.json().catch(() => null);
  if (!told) return BUSY;
  if (!answer.ok) return refused(record, told);
  if (told.id !== record.id || told.sha256 !== sha256) return BUSY;
  await received(record, told);
  return "";
}

const REFUSED = "refused";

async function sendPiece(record, piece, token) {
  const blob = await keeping.readPiece(piece.id, piece.type);
  if (!blob) return "";
  const form = new FormData();
  for (const name of ["id", "what", "sha256", "taken_at", "place"]) form.append(name, piece[name] ?? "");
  form.append("record", record.id);
  form.append("file", blob, piece.name);
  const answer = await ask("pieces/", { method: "POST", body: form, headers: { "X-CSRFToken": token } });
  if (typeof answer === "string") return answer;
  if (answer.status >= 500 || answer.status === 429) return BUSY;
  const told = await answer.json().catch(() => null);
  if (!told) return BUSY;
  if (!answer.ok) {
    await refused(record, { detail: `${piece.name}：${told.detail}` });
    return REFUSED;
  }
  if (told.id !== piece.id || told.sha256 !== piece.sha256) return BUSY;
  await keeping.amend(record.id, (now) => {
    const same = now.pieces.find((one) => one.id === piece.id);
    if (same) same.received = told.received_at;
  });
  return "";
}

/* The portal says what is wrong. The record stays, with the reason beside it. */
async function refused(record, told) {
  await keeping.amend(record.id, (now) => {
    if (told.missing) now.pieces.forEach((piece) => told.missing.includes(piece.id) && delete piece.received);
    else now.problem = { detail: told.detail ?? "没有收下。", errors: told.errors ?? {} };
  });
  return "";
}

async function received(record, told) {
  const sent = JSON.parse(record.body);
  const now = await keeping.amend(record.id, (now) => {
    if (now.body !== record.body) return false; // it was saved again while it was on its way: that follows
    now.state = keeping.RECEIVED;
    now.receipt = { at: told.received_at, href: told.href, sha256: told.sha256 };
    now.conflicts = told.conflicts ?? [];
    now.problem = null;
    now.done_at = Date.now();
    now.after = sent.edition;
    if (told.values) ({ values: now.values, base: now.base } = rebased(now.values, sent.values, told.values));
  });
  if (now?.state === keeping.RECEIVED) for (const piece of record.pieces) await keeping.dropPiece(piece.id);
}

/* What stands on the portal, and over it what was typed here since it was sent: of that, the base is what was sent. */
function rebased(typed, sent, told) {
  const values = { ...told }, base = { ...told };
  for (const name of Object.keys(typed))
    if (typed[name] !== (sent[name] ?? "")) [values[name], base[name]] = [typed[name], sent[name] ?? ""];
  return { values, base };
}
