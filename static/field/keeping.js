/* What a phone keeps: records, photos and lists, each sealed (AES-GCM) under a key of one person on this phone.

   The portal hands the key out to whoever is logged in; here it lies as a CryptoKey that no script can read, until the
   person signs out or another one comes. Without it what is here stays here and cannot be read; the same person gets
   the same key again. Nothing that was not received is ever deleted. */
import { openDB } from "../vendor/idb.js";

export const DRAFT = "draft", WAITING = "waiting", RECEIVED = "received";
const KEEP_RECEIVED_MS = 24 * 3600e3; // what was received is still shown for a day

const store = openDB("field", 1, {
  upgrade(db) {
    db.createObjectStore("facts"); // "device": its id; "who": the person whose key is here; "leaving": see signOut
    db.createObjectStore("records", { keyPath: "id" }).createIndex("owner", "owner");
    const pieces = db.createObjectStore("pieces", { keyPath: "id" });
    pieces.createIndex("record", "record");
    pieces.createIndex("owner", "owner");
    db.createObjectStore("lists", { keyPath: "owner" });
  },
});

const others = "BroadcastChannel" in self ? new BroadcastChannel("field") : null;
const listeners = [];
others?.addEventListener("message", () => listeners.forEach((hear) => hear()));

/* `hear` is called when something that is kept has changed, in this tab or in another one. */
export function onChange(hear) {
  listeners.push(hear);
}

function changed() {
  others?.postMessage("changed");
  listeners.forEach((hear) => hear());
}

export const newId = () => crypto.randomUUID();

export async function sha256(bytes) {
  const digest = await crypto.subtle.digest("SHA-256", bytes);
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

// ── Who works on this phone ────────────────────────────────────────────────────────────────

export async function device() {
  const db = await store, known = await db.get("facts", "device");
  if (known) return known;
  const made = newId(), change = db.transaction("facts", "readwrite"), first = await change.store.get("device");
  if (!first) await change.store.put(made, "device"); // of two tabs that open at once one is first
  await change.done;
  return first ?? made;
}

export async function who() {
  return (await store).get("facts", "who");
}

/* The person is logged in: `told` is the portal's answer. Whoever was here before is not any more. */
export async function signedIn(told) {
  const mine = await device(), db = await store;
  const keys = await imported(told.keys[mine]);
  const { id, name, organisation } = told.user;
  await db.put("facts", { id, name, organisation, keys, kinds: told.kinds, day: told.day, at: Date.now() }, "who");
  await db.put("lists", { owner: id, ...(await sealed(keys[0], `list ${id}`, encoded(told.places))) });
  changed();
}

/* From now on nothing of this person can be read here. `offline`: the portal is told when there is a network again. */
export async function signOut({ offline = false } = {}) {
  const db = await store;
  if (offline) await db.put("facts", true, "leaving");
  await db.delete("facts", "who");
  changed();
}

export const isLeaving = async () => Boolean(await (await store).get("facts", "leaving"));
export const hasLeft = async () => (await store).delete("facts", "leaving");

const imported = (keys) =>
  Promise.all(
    keys.map((key) => {
      const bytes = Uint8Array.from(atob(key), (letter) => letter.charCodeAt(0));
      return crypto.subtle.importKey("raw", bytes, "AES-GCM", false, ["encrypt", "decrypt"]);
    }),
  );

// ── Sealing ────────────────────────────────────────────────────────────────────────────────

const encoded = (value) => new TextEncoder().encode(JSON.stringify(value));
const decoded = (bytes) => JSON.parse(new TextDecoder().decode(bytes));

/* `about` is bound to what is sealed: one row's content cannot be put in the place of another's. */
async function sealed(key, about, bytes) {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const additionalData = new TextEncoder().encode(about);
  return { iv, data: await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData }, key, bytes) };
}

async function opened(keys, about, { iv, data }) {
  const additionalData = new TextEncoder().encode(about);
  for (const key of keys)
    try {
      return await crypto.subtle.decrypt({ name: "AES-GCM", iv, additionalData }, key, data);
    } catch {} // a key from before the portal's own was changed
  throw new Error("不能读取：密钥不符");
}

// ── Places ─────────────────────────────────────────────────────────────────────────────────

export async function places() {
  const me = await who(), row = me && (await (await store).get("lists", me.id));
  return row ? decoded(await opened(me.keys, `list ${me.id}`, row)) : [];
}

// ── Records ────────────────────────────────────────────────────────────────────────────────

/* A record in the open: { id, state, at, kind, place, values, base, after, edition, edited, body, receipt, done_at,
   conflicts, problem, pieces }. `body` is the text that is sent, the same each time; `base` what stood on the portal
   when the receipt of edition `after` came; `edited`: the values differ from what was saved last. */
export async function save(record) {
  const me = await who();
  if (!me) throw new Error("请先登录");
  const { id, state, at, ...inside } = record, db = await store;
  // Readable without a key, so that it can be counted and tidied: whether something of it is still to be done here.
  const left = state !== RECEIVED || Boolean(record.edited), done_at = left || record.conflicts?.length ? null : record.done_at;
  await db.put("records", { id, owner: me.id, state, at, left, done_at, ...(await sealed(me.keys[0], `record ${id}`, encoded(inside))) });
  changed();
}

/* Change a record as it stands now, whatever another tab did to it meanwhile. */
export async function amend(id, change) {
  return alone(`record ${id}`, async () => {
    const record = await read(id);
    if (record && change(record) !== false) await save(record);
    return record;
  });
}

export async function read(id) {
  const me = await who(), row = await (await store).get("records", id);
  return row && me && row.owner === me.id ? inTheOpen(me, row) : null;
}

/* All of the person's, the latest first. */
export async function mine() {
  const me = await who();
  if (!me) return [];
  const rows = await (await store).getAllFromIndex("records", "owner", me.id);
  const read = await Promise.all(rows.map((row) => inTheOpen(me, row)));
  return read.sort((one, other) => other.at - one.at);
}

async function inTheOpen(me, row) {
  const { id, state, at } = row;
  return { ...decoded(await opened(me.keys, `record ${id}`, row)), id, state, at };
}

/* How much of it is not received: of the person here, and of everybody else. Told without any key. */
export async function unsent() {
  const me = await who(), rows = await (await store).getAll("records");
  const left = rows.filter((row) => row.left);
  return { mine: left.filter((row) => row.owner === me?.id).length, others: left.filter((row) => row.owner !== me?.id).length };
}

/* A person takes away one record of their own. */
export async function discard(id) {
  const db = await store, change = db.transaction(["records", "pieces"], "readwrite");
  for (const key of await change.objectStore("pieces").index("record").getAllKeys(id)) change.objectStore("pieces").delete(key);
  change.objectStore("records").delete(id);
  await change.done;
  changed();
}

/* What was received is not needed here any longer: its photos at once, its words a day after the receipt; but what two
   people gave differently, and a correction that was begun, stay until they are done with. */
export async function tidy(now = Date.now()) {
  const db = await store;
  for (const row of await db.getAll("records"))
    if (row.done_at && now - row.done_at > KEEP_RECEIVED_MS) await discard(row.id);
}

// ── Photos and signatures ──────────────────────────────────────────────────────────────────

export async function savePiece(piece, blob) {
  const me = await who(), { id, record } = piece, bytes = await blob.arrayBuffer();
  const told = { ...piece, type: blob.type, sha256: await sha256(bytes) };
  const db = await store;
  await db.put("pieces", { id, record, owner: me.id, ...(await sealed(me.keys[0], `piece ${id}`, bytes)) });
  return told; // stands in the record, sealed with it
}

export async function readPiece(id, type) {
  const me = await who(), row = await (await store).get("pieces", id);
  return row && me ? new Blob([await opened(me.keys, `piece ${id}`, row)], { type }) : null;
}

export async function dropPiece(id) {
  await (await store).delete("pieces", id);
}

// ── A file of what waits, and taking it in again ───────────────────────────────────────────

/* Sealed as it lies here: whoever finds the file reads nothing; the same person takes it in again, on any phone. */
export async function exported() {
  const me = await who(), db = await store, of = device();
  const records = (await db.getAllFromIndex("records", "owner", me.id)).filter((row) => row.left);
  const ids = new Set(records.map((row) => row.id));
  const pieces = (await db.getAllFromIndex("pieces", "owner", me.id)).filter((row) => ids.has(row.record));
  const packed = (row) => ({ ...row, iv: inLetters(row.iv), data: inLetters(row.data) });
  const told = { portal: "field", version: 1, device: await of, owner: me.id, made_at: new Date().toISOString() };
  return { number: records.length, text: JSON.stringify({ ...told, records: records.map(packed), pieces: pieces.map(packed) }) };
}

/* `keysOf(device)`: the portal's keys of this person on the phone that the file came from. Returns how many came in;
   what is here already stays as it is here. */
export async function takenIn(text, keysOf) {
  const me = await who(), file = JSON.parse(text), db = await store;
  if (file.portal !== "field" || file.version !== 1) throw new Error("这不是外勤导出的文件。");
  if (file.owner !== me.id) throw new Error("这份文件属于其他人，须由本人登录后导入。");
  const keys = await imported(await keysOf(file.device));
  let number = 0;
  for (const [name, about] of [["pieces", "piece"], ["records", "record"]])
    for (const row of file[name]) {
      if (await db.get(name, row.id)) continue;
      const bytes = await opened(keys, `${about} ${row.id}`, { iv: inBytes(row.iv), data: inBytes(row.data) });
      await db.put(name, { ...row, ...(await sealed(me.keys[0], `${about} ${row.id}`, bytes)) });
      number += name === "records";
    }
  changed();
  return number;
}

function inLetters(buffer) {
  const bytes = new Uint8Array(buffer);
  let letters = "";
  for (let from = 0; from < bytes.length; from += 32768) letters += String.fromCharCode(...bytes.subarray(from, from + 32768));
  return btoa(letters);
}

const inBytes = (letters) => Uint8Array.from(atob(letters), (letter) => letter.charCodeAt(0));

// ── One at a time ──────────────────────────────────────────────────────────────────────────

const turns = {};

/* Of all tabs one does the work at a time, each in its turn. */
export function alone(name, work) {
  if (navigator.locks) return navigator.locks.request(`field ${name}`, work);
  return (turns[name] = (turns[name] ?? Promise.resolve()).then(work, work)); // older browsers: in this tab alone
}
