/* The screens of the field app. What a person writes is kept at each stroke; saving hands it to the sender. */
import * as keeping from "./keeping.js";
import * as place from "./place.js";
import * as sending from "./sending.js";
import * as sheets from "./sheet.js";

const $ = (id) => document.getElementById(id);
const EVERY_MS = 30e3, OLD_DAYS = 3; // iOS clears what a page kept after seven days without a visit
const sorts = Object.fromEntries([...document.querySelectorAll("[data-kind]")].map((form) => [form.dataset.kind, form]));
let open = null; // the record on the sheet: { record, form, shown, release, locked }; shown: the values as last written down
let why = ""; // why something waits, as the sender said
let here = null; // where the phone is, for the order of the list
let shownTo = null; // the id of the person whose screen this is

// ── What is said of a record and of the network ────────────────────────────────────────────

const clock = (moment) => new Date(moment).toLocaleTimeString("zh-CN", { hour: "2-digit", minute: "2-digit" });
const localDay = (moment = new Date()) => `${moment.getFullYear()}-${String(moment.getMonth() + 1).padStart(2, "0")}-${String(moment.getDate()).padStart(2, "0")}`;
/* The day that the portal lives on, which a demonstration sets, and the days since it was told. */
function portalDay(me) {
  const midnight = (moment) => new Date(moment).setHours(0, 0, 0, 0), [year, month, day] = me.day.split("-");
  return localDay(new Date(year, month - 1, +day + Math.round((midnight(Date.now()) - midnight(me.at)) / 864e5)));
}
const REASONS = {
  [sending.OFFLINE]: "没有网络，恢复后自动发送", [sending.SIGNED_OUT]: "登录已失效，登录后自动发送",
  [sending.BUSY]: "平台暂时没有答复，稍后自动重试",
};

function standing(record) {
  if (record.edited) return ["waits", "更正没有保存 · 仅在本机", record.state === keeping.RECEIVED ? "" : REASONS[why] ?? ""];
  if (record.state === keeping.RECEIVED) {
    const told = `已收到 ${clock(record.receipt.at)}`;
    return record.conflicts?.length ? ["wrong", `${record.conflicts.length} 处待核对`, told] : ["done", told, ""];
  }
  if (record.state === keeping.DRAFT) return ["", "草稿 · 仅在本机", ""];
  if (record.problem) return ["wrong", "未收下", record.problem.detail];
  const days = Math.floor((Date.now() - record.at) / 864e5);
  return ["waits", "仅在本机", days >= OLD_DAYS ? `已 ${days} 天未发送，请尽快联网` : REASONS[why] ?? "等待发送"];
}

async function tell() {
  const net = $("net"), { mine } = await keeping.unsent();
  $("left").textContent = mine ? `未发送 ${mine}` : "本机记录";
  net.className = "net";
  net.textContent =
    why === sending.OFFLINE || !navigator.onLine ? "没有网络。内容仅在本机，恢复后自动发送。"
    : why === sending.SIGNED_OUT && (await keeping.who()) ? "登录已失效，可以继续填写。" : "";
  if (why === sending.SIGNED_OUT && net.textContent) net.append(Object.assign(document.createElement("a"), { href: `/login/?next=${encodeURIComponent(`/field/${location.hash}`)}`, textContent: "登录后自动发送" }));
}

// ── Screens ────────────────────────────────────────────────────────────────────────────────

const SCREENS = {
  home: ["外勤", showHome], begin: ["选择登记内容", showBegin], go: ["", showCode], scan: ["扫描走访单", showScan],
  new: ["", begin], r: ["", showRecord], choose: ["核对两处填写", showConflicts], waiting: ["本机记录", showWaiting],
};
let leave = () => {};

async function show() {
  leave();
  leave = () => {};
  await close();
  const [name, ...rest] = location.hash.slice(1).split("/").map(decodeURIComponent);
  const [title, draw] = SCREENS[name] ?? SCREENS.home;
  const me = await keeping.who();
  if (me?.id !== shownTo) forget(me?.id);
  if (!me) return screen("locked", "外勤", await showLocked());
  $("title").textContent = title || "外勤";
  await draw(...rest);
  await tell();
}

/* Another person, or nobody: what was found and drawn for the one before goes. */
function forget(id) {
  shownTo = id;
  shownPlaces = new Map();
  here = null;
  $("sought").value = "";
  for (const name of ["places", "latest", "found", "all", "photos", "signatures", "choices"]) $(name).replaceChildren();
  for (const form of Object.values(sorts)) sheets.fill(form, {});
  for (const name of ["about-name", "about-address", "begin-name", "begin-address"]) $(name).textContent = "";
}

function screen(name, title) {
  for (const part of document.querySelectorAll("[data-screen]")) part.hidden = part.dataset.screen !== name;
  document.querySelector(".bar-back").hidden = name === "home" || name === "locked";
  if (title) $("title").textContent = title;
  scrollTo(0, 0);
}

async function showLocked() {
  const { others } = await keeping.unsent();
  $("locked-others").textContent = others ? `这部手机上有 ${others} 条未发送的记录，须由填写人登录后发送。` : "";
}

function rowOf({ title, note, state, kind = "", href }) {
  const item = $("row").content.cloneNode(true).firstElementChild;
  item.querySelector("a").href = href;
  item.querySelector("b").textContent = title;
  item.querySelector(".note").textContent = note;
  Object.assign(item.querySelector(".state"), { textContent: state, className: `state ${kind}` });
  return item;
}

/* A list is only drawn anew where it differs: what is exchanged under a finger takes the tap with it. */
function put(list, rows) {
  const made = document.createElement("ul");
  made.append(...rows);
  if (made.innerHTML !== list.innerHTML) list.replaceChildren(...rows);
}

const said = (sentence) => Object.assign(document.createElement("li"), { className: "empty", textContent: sentence });

function recordRow(record) {
  const [kind, state, reason] = standing(record);
  const href = record.conflicts?.length ? `#choose/${record.id}` : `#r/${record.id}`;
  const note = [record.label, localDay(new Date(record.at)).slice(5).replace("-", "月") + "日", reason].filter(Boolean).join(" · ");
  return rowOf({ title: record.place.name || `走访单 ${record.place.code}`, note, state, kind, href });
}

const placeRow = (found) =>
  rowOf({
    title: found.name, note: [found.why, found.address, distance(found)].filter(Boolean).join(" · "), state: "登记", kind: "go",
    href: `#begin/${found.enterprise}`,
  });

function distance(found) {
  if (!here || found.latitude == null) return "";
  const far = place.metres(here, found);
  return far < 1000 ? `距你 ${Math.round(far / 10) * 10} 米` : `距你 ${(far / 1000).toFixed(1)} 公里`;
}

// ── Home: where to go, who is sought ───────────────────────────────────────────────────────

let shownPlaces = new Map(); // what was found lately, so that it can be begun

async function showHome() {
  screen("home");
  const list = await keeping.places(), records = await keeping.mine();
  list.forEach((found) => shownPlaces.set(String(found.enterprise), found));
  if (here) list.sort((one, other) => (one.latitude == null ? 1e9 : place.metres(here, one)) - (other.latitude == null ? 1e9 : place.metres(here, other)));
  put($("places"), list.length ? list.map(placeRow) : [said("没有安排。可按名称查找企业，或者扫描走访单。")]);
  put($("latest"), records.length ? records.slice(0, 5).map(recordRow) : [said("还没有记录。")]);
}

$("near").addEventListener("click", async () => {
  try {
    here = place.read(await place.find());
    await showHome();
  } catch (problem) {
    $("near").textContent = problem.message;
  }
});

let asked = 0;
$("find").addEventListener("submit", (event) => {
  event.preventDefault();
  seek();
});
$("sought").addEventListener("input", () => seek());

async function seek() {
  const text = $("sought").value.trim(), turn = (asked += 1);
  $("today").hidden = Boolean(text);
  $("found").replaceChildren();
  $("found-how").hidden = true;
  if (text.length < 2) return;
  const list = await keeping.places(), plain = text.toUpperCase().replace(/[\s-]/g, "");
  let found = list.filter((one) => one.name.includes(text) || one.code.replace("-", "") === plain), how = "没有网络，只在“要去的企业”中查找。";
  const more = await sending.search(text);
  if (turn !== asked) return; // something else is sought by now
  if (more) {
    found = [...found, ...more.filter((one) => !found.some((known) => known.enterprise === one.enterprise))];
    how = found.length ? "" : "没有找到。请核对名称，或者扫描走访单。";
  }
  found.forEach((one) => shownPlaces.set(String(one.enterprise), one));
  $("found").replaceChildren(...found.map(placeRow));
  $("found-how").textContent = how;
  $("found-how").hidden = !how;
  if (!more && /^[0-9A-Z]{5,8}$/.test(plain)) $("found").append(rowOf({ title: `走访单 ${text.toUpperCase()}`, note: "没有网络，按编号登记，发送时核对", state: "登记", href: `#go/${encodeURIComponent(text)}` }));
}

async function showCode(code) {
  const plain = (code ?? "").toUpperCase().replace(/[\s-]/g, "");
  const known = [...(await keeping.places()), ...shownPlaces.values()].find((one) => one.code.replace("-", "") === plain);
  const found = known ?? (await sending.search(code))?.find((one) => one.code.replace("-", "") === plain) ?? { enterprise: null, code, name: "", address: "" };
  const key = String(found.enterprise ?? `code ${code}`);
  shownPlaces.set(key, found);
  location.replace(`#begin/${encodeURIComponent(key)}`);
}

async function showBegin(key) {
  const found = shownPlaces.get(key) ?? (await keeping.places()).find((one) => String(one.enterprise) === key);
  if (!found) return location.replace("#home");
  shownPlaces.set(key, found);
  const kinds = [...(await keeping.who()).kinds].sort((one, other) => (other.key === found.kind) - (one.key === found.kind)); // what is due first
  if (kinds.length === 1) return location.replace(`#new/${kinds[0].key}/${encodeURIComponent(key)}`);
  screen("begin");
  $("begin-name").textContent = found.name || `走访单 ${found.code}`;
  $("begin-address").textContent = found.address || (found.name ? "" : "没有网络，发送时按编号核对企业。");
  $("begin-kinds").replaceChildren(...kinds.map(({ key: kind }) => rowOf({ title: sorts[kind].dataset.label, note: found.kind === kind ? found.why : "", state: "开始", kind: "go", href: `#new/${kind}/${encodeURIComponent(key)}` })));
  if (!kinds.length) $("begin-kinds").append(said("您的岗位不登记走访，可在平台上查看。"));
}

async function showScan() {
  screen("scan");
  const { scan } = await import("./scanning.js");
  const looking = scan($("camera"));
  leave = looking.stop;
  looking.found.then(
    (code) => code && location.replace(`#go/${encodeURIComponent(code)}`),
    (problem) => ($("scan-told").textContent = problem.message),
  );
}

$("typed").addEventListener("submit", (event) => {
  event.preventDefault();
  const code = $("code").value.trim();
  if (code) location.replace(`#go/${encodeURIComponent(code)}`);
});

// ── The sheet ──────────────────────────────────────────────────────────────────────────────

async function begin(kind, key) {
  const found = shownPlaces.get(key), me = await keeping.who();
  if (!found || !sorts[kind]) return location.replace("#home");
  const defaults = me.kinds.find((one) => one.key === kind)?.defaults ?? {}, now = new Date();
  const record = {
    id: keeping.newId(), state: keeping.DRAFT, at: Date.now(), kind, label: sorts[kind].dataset.label, place: found, edition: 0,
    values: { visited_on: portalDay(me), visited_at: clock(now), ...defaults }, base: {}, pieces: [],
  };
  await keeping.save(record); // there before the first letter, and under an address that a reload finds
  location.replace(`#r/${record.id}`);
}

async function showRecord(id) {
  const record = await keeping.read(id);
  if (!record) return location.replace("#home");
  const release = await held(id), { kinds } = await keeping.who();
  screen("record", record.label); // from here on without waiting: who is quick types at once
  open = { record, form: sorts[record.kind], release, locked: !release };
  for (const form of Object.values(sorts)) form.hidden = form !== open.form;
  $("about-name").textContent = record.place.name || `走访单 ${record.place.code}`;
  $("about-address").textContent = record.place.address || "";
  sheets.offer(open.form, kinds.find((one) => one.key === record.kind)?.choices);
  fill();
  for (const field of [...open.form.elements, $("save"), $("locate"), $("sign"), $("camera-file")]) field.disabled = open.locked;
  await drawRecord();
}

function fill() {
  sheets.fill(open.form, open.record.values);
  open.shown = sheets.read(open.form);
}

/* A record is written in one tab at a time; null in the second. */
function held(id) {
  if (!navigator.locks) return Promise.resolve(() => {});
  return new Promise((done) => {
    navigator.locks.request(`field writing ${id}`, { ifAvailable: true }, (turn) => {
      if (!turn) return done(null);
      return new Promise((release) => done(release));
    });
  });
}

async function close() {
  if (!open) return;
  await keep();
  open.release?.();
  open = null;
}

async function drawRecord() {
  const { record } = open, [kind, state, reason] = standing(record);
  $("state").textContent = open.locked ? "这条记录正在另一个页面填写，这里只能查看。" : [state, reason].filter(Boolean).join("。");
  $("state").className = `told state ${kind}`;
  $("problem").hidden = !record.problem;
  $("problem").textContent = record.problem?.detail ?? "";
  sheets.tellErrors(open.form, record.problem?.errors);
  $("save").textContent = record.state === keeping.DRAFT ? "保存" : "保存更正";
  $("discard").hidden = open.locked || record.edition > 0 && !record.problem && !record.edited;
  $("discard").textContent = record.state === keeping.DRAFT ? "删除草稿" : record.edited ? "放弃更正" : "删除这条记录";
  drawPlace();
  await Promise.all([drawPieces("photo", $("photos")), drawPieces("signature", $("signatures"))]);
}

function drawPlace() {
  const text = open.record.values.place, box = $("place-told");
  if (!text) return void (box.textContent = "还没有定位。");
  const { sentence, doubt } = place.told(text);
  box.textContent = sentence;
  if (doubt) box.append(Object.assign(document.createElement("span"), { className: "doubt", textContent: doubt }));
}

async function drawPieces(what, list) {
  const items = [];
  for (const piece of open.record.pieces.filter((one) => one.what === what)) {
    const item = $("piece").content.cloneNode(true).firstElementChild, blob = await keeping.readPiece(piece.id, piece.type);
    const picture = item.querySelector("img"), button = item.querySelector("button");
    picture.alt = piece.name;
    if (blob) picture.src = URL.createObjectURL(blob);
    else picture.replaceWith(Object.assign(document.createElement("span"), { className: "note", textContent: `${piece.name} 已收到` }));
    picture.onload = () => URL.revokeObjectURL(picture.src);
    button.hidden = Boolean(piece.received) || !blob || open.locked;
    button.setAttribute("aria-label", `删除${piece.name}`);
    button.onclick = async () => {
      open.record.pieces = open.record.pieces.filter((one) => one.id !== piece.id);
      await keep({ typed: true });
      await keeping.dropPiece(piece.id);
      await drawRecord();
    };
    items.push(item);
  }
  list.replaceChildren(...items);
}

/* Write down what changed on the sheet. A record that was saved before stays as it was sent until it is saved again,
   and says so; only what was changed is written, for a receipt may have brought other values meanwhile. */
async function keep({ typed = false } = {}) {
  if (!open || open.locked) return;
  const { record, form } = open, values = sheets.read(form), { place: fix = "" } = record.values;
  const changed = Object.entries(values).filter(([name, text]) => text !== open.shown[name]);
  open.shown = values;
  const kept = await keeping.amend(record.id, (now) => {
    now.values = { ...now.values, ...Object.fromEntries(changed), place: fix };
    now.pieces = record.pieces.map((piece) => now.pieces.find((one) => one.id === piece.id) ?? piece);
    if (now.state === keeping.DRAFT) now.at = Date.now();
    else if (typed) now.edited = isEdited(now);
  });
  if (!kept) return;
  const said = record.edited !== kept.edited;
  Object.assign(record, { values: { ...record.values, ...values }, edited: kept.edited });
  if (said && open?.record === record) await drawRecord();
}

/* Whether it differs from what was sent or received. */
function isEdited({ state, body, base, values, pieces }) {
  const sent = JSON.parse(body), before = state === keeping.RECEIVED ? base : sent.values;
  return Object.keys(values).some((name) => values[name] !== (before[name] ?? "")) || pieces.some(({ id }) => !sent.pieces.includes(id));
}

for (const form of Object.values(sorts)) {
  form.addEventListener("input", () => keep({ typed: true }));
  form.addEventListener("submit", (event) => event.preventDefault());
}
addEventListener("pagehide", () => keep());

$("camera-file").addEventListener("change", async () => {
  const { shrunk } = await import("./photos.js"), { record } = open;
  for (const file of $("camera-file").files)
    try {
      const { blob, taken_at, place: at } = await shrunk(file);
      const number = record.pieces.filter((one) => one.what === "photo").length + 1;
      record.pieces.push(await keeping.savePiece({ id: keeping.newId(), record: record.id, what: "photo", name: `照片${number}.jpg`, taken_at, place: at }, blob));
    } catch {
      $("problem").hidden = false;
      $("problem").textContent = `“${file.name}”不能读取，请重新拍照，或者换一张 JPG、PNG 照片。`;
    }
  $("camera-file").value = "";
  await keep({ typed: true });
  await drawRecord();
});

$("locate").addEventListener("click", async () => {
  $("place-told").textContent = "正在定位…";
  const { record } = open;
  try {
    record.values.place = await place.find();
    await keep({ typed: true });
    if (open) drawPlace();
  } catch (problem) {
    $("place-told").textContent = problem.message;
  }
});

let pad = null;
$("sign").addEventListener("click", async () => {
  const signing = await import("./signing.js");
  $("signing").showModal();
  pad = signing.pad($("pad"));
});
$("sign-clear").addEventListener("click", () => pad.clear());
$("sign-cancel").addEventListener("click", () => $("signing").close());
$("sign-done").addEventListener("click", async () => {
  if (!pad.isEmpty()) {
    const { record } = open, number = record.pieces.filter((one) => one.what === "signature").length + 1;
    record.pieces.push(await keeping.savePiece({ id: keeping.newId(), record: record.id, what: "signature", name: `签名${number}.png` }, await pad.picture()));
    await keep({ typed: true });
    await drawRecord();
  }
  $("signing").close();
});

$("save").addEventListener("click", async () => {
  const { record, form } = open, lacking = sheets.missing(form);
  if (lacking.length) {
    $("problem").hidden = false;
    $("problem").textContent = `请填写：${lacking.join("、")}。`;
    return scrollTo(0, 0);
  }
  await keep();
  const me = await keeping.device();
  await keeping.amend(record.id, (now) => {
    now.edition += 1;
    now.edited = false;
    now.state = keeping.WAITING;
    now.at = Date.now();
    now.problem = null;
    now.body = bodyOf(now, me);
  });
  navigator.storage?.persist?.();
  location.hash = "#waiting";
  send();
});

/* The text that is sent. It is made once, so that each time the same is sent. */
function bodyOf(record, device) {
  const { id, kind, edition, after = 0, place: about, values, base, choices = {}, pieces } = record;
  return JSON.stringify({
    id, kind, edition, after, device, made_at: new Date(record.at).toISOString(), enterprise: about.enterprise, code: about.code,
    values, base, choices, pieces: pieces.map((piece) => piece.id),
  });
}

$("discard").addEventListener("click", async () => {
  if (open.record.edited) return undo(open.record.id);
  if (!confirm("删除后不能恢复。确定删除？")) return;
  const { id } = open.record;
  open.locked = true; // nothing more is kept of it
  await keeping.discard(id);
  location.hash = "#home";
});

/* The correction is given up: what was sent or received stands. */
async function undo(id) {
  if (!confirm("放弃没有保存的更正？")) return;
  const sent = JSON.parse(open.record.body), before = open.record.state === keeping.RECEIVED ? open.record.base : sent.values;
  for (const piece of open.record.pieces.filter((one) => !sent.pieces.includes(one.id))) await keeping.dropPiece(piece.id);
  open.record.pieces = open.record.pieces.filter((one) => sent.pieces.includes(one.id));
  open.record.values = { ...before };
  fill();
  await keeping.amend(id, (now) => Object.assign(now, { values: { ...before }, pieces: open.record.pieces, edited: false }));
  open.record.edited = false;
  await drawRecord();
}

// ── What two people gave differently ───────────────────────────────────────────────────────

async function showConflicts(id) {
  const record = await keeping.read(id);
  if (!record?.conflicts?.length) return location.replace(record ? `#r/${id}` : "#home");
  screen("conflicts");
  const fields = record.conflicts.map(({ name, label, theirs, mine }) => {
    const field = $("choice").content.cloneNode(true).firstElementChild;
    field.querySelector("legend").textContent = label;
    [theirs, mine].forEach((text, index) => (field.querySelectorAll(".pick > span > span")[index].textContent = text));
    field.querySelectorAll("input").forEach((input) => (input.name = name));
    return field;
  });
  $("choices").replaceChildren(...fields);
  $("choices").onsubmit = async (event) => {
    event.preventDefault();
    const choices = Object.fromEntries(Object.entries(sheets.read($("choices"))).filter(([, chosen]) => chosen)), me = await keeping.device();
    if (!Object.keys(choices).length) return;
    await keeping.amend(id, (now) => {
      Object.assign(now, { choices, edition: now.edition + 1, state: keeping.WAITING, at: Date.now(), conflicts: [] });
      now.body = bodyOf(now, me);
      now.choices = {};
    });
    location.hash = "#waiting";
    send();
  };
}

// ── What waits ─────────────────────────────────────────────────────────────────────────────

async function showWaiting() {
  screen("waiting");
  const records = await keeping.mine(), { mine, others } = await keeping.unsent(), me = await keeping.who();
  const waiting = records.filter((one) => one.state === keeping.WAITING).length;
  $("why").textContent = waiting ? `${waiting} 条等待发送${REASONS[why] ? `：${REASONS[why]}` : ""}。` : "没有等待发送的记录。";
  put($("all"), records.map(recordRow));
  $("others").textContent = [`${me.name} · ${me.organisation}`, others ? `另有 ${others} 条属于他人，待其登录后发送。` : ""].filter(Boolean).join("　");
  $("send").disabled = !waiting;
  $("export").disabled = !mine;
}

$("send").addEventListener("click", () => send({ again: true }));

$("export").addEventListener("click", async () => {
  await close();
  const { text } = await keeping.exported(), address = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  Object.assign(document.createElement("a"), { href: address, download: `外勤未发送记录_${localDay()}.json` }).click();
  setTimeout(() => URL.revokeObjectURL(address), 60e3);
});

$("import").addEventListener("change", async () => {
  const [file] = $("import").files;
  try {
    const number = await keeping.takenIn(await file.text(), async (device) => {
      const told = await sending.session({ devices: [device] });
      if (typeof told === "string") throw new Error("导入须有网络并已登录，请稍后再试。");
      return told.keys[device];
    });
    $("why").textContent = `已导入 ${number} 条记录。`;
    send();
  } catch (problem) {
    $("why").textContent = problem instanceof SyntaxError ? "文件不完整，或不是外勤导出的文件。" : problem.message;
  }
  $("import").value = "";
});

$("leave").addEventListener("click", async () => {
  const { mine } = await keeping.unsent();
  if (mine && !confirm(`还有 ${mine} 条没有发送。退出后在这部手机上不能查看，您再次登录后会自动发送。确定退出？`)) return;
  const told = await sending.session(), gone = typeof told === "string";
  await keeping.signOut({ offline: gone && told !== sending.SIGNED_OUT });
  if (!gone) await fetch("/logout/", { method: "POST", redirect: "manual", headers: { "X-CSRFToken": told.token } });
  location.hash = "#home";
  await show();
});

// ── Sending, again and again ───────────────────────────────────────────────────────────────

async function send(how = {}) {
  const found = await sending.send(how);
  if (found !== undefined) why = found;
  await redraw();
}

/* Draw anew what may have changed, but not under the hands of who writes. */
async function redraw() {
  await tell();
  const name = location.hash.slice(1).split("/")[0];
  if ((await keeping.who())?.id !== shownTo) return show(); // somebody else, or nobody any more
  if (!document.querySelector('[data-screen="locked"]').hidden) return show();
  if (name === "waiting") return showWaiting();
  if (open) {
    const now = await keeping.read(open.record.id);
    if (now && open && (now.state !== open.record.state || now.problem !== open.record.problem)) {
      const { record } = open, { values, pieces, ...rest } = now, arrived = now.state !== record.state;
      Object.assign(record, rest, { pieces: record.pieces.map((one) => pieces.find((same) => same.id === one.id) ?? one) });
      if (arrived) {
        record.values = values; // the portal's, and what was typed since
        fill();
      }
      await drawRecord();
    }
  } else if (!name || name === "home") if (!$("sought").value) await showHome();
}

let drawing = null;
keeping.onChange(() => {
  clearTimeout(drawing);
  drawing = setTimeout(redraw, 150);
});
addEventListener("hashchange", show);
addEventListener("online", () => send());
addEventListener("offline", () => {
  why = sending.OFFLINE;
  redraw();
});
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && send({ unattended: true }));
setInterval(() => document.visibilityState === "visible" && send({ unattended: true }), EVERY_MS);

navigator.serviceWorker?.register("/field/worker.js", { scope: "/field/" });
await show();
document.body.dataset.ready = "true";
send();
