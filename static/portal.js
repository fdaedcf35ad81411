/* What the pages need beyond htmx: the search box's keys, menus that close, notes when an answer does not come. */
"use strict";

const notes = () => document.getElementById("messages");

function tell(sentence) {
  const note = document.createElement("div");
  note.className = "alert alert-danger";
  note.dataset.transient = "";
  note.textContent = sentence;
  notes()?.querySelectorAll("[data-transient]").forEach((old) => old.remove());
  notes()?.append(note);
}

const WHY = {
  403: "您的岗位没有办理此事的权限，或页面停留过久，请刷新后重试。",
  404: "没有找到这条记录，它可能已被合并，或不属于您所在的区市。",
  413: "提交的内容过大，请缩小后重试。",
  429: "操作过于频繁，请稍后再试。",
  503: "系统正在维护，请几分钟后再试。",
};

/* What a page asks by itself (progress, a part loaded later) has no event of a person behind it: it must not keep a
   session alive, and when it gets no answer it asks again instead of complaining. */
const unattended = (detail) => !(detail.triggeringEvent ?? detail.requestConfig?.triggeringEvent);

document.addEventListener("htmx:configRequest", (event) => {
  if (unattended(event.detail)) event.detail.headers["X-Unattended"] = "1";
});

function askAgain(part) {
  const ask = () => part.isConnected && htmx.ajax("GET", part.getAttribute("hx-get"), { source: part, target: part, swap: part.getAttribute("hx-swap") ?? "innerHTML" });
  if (part.hasAttribute("hx-get")) setTimeout(ask, 3000);
}

function noAnswer(event, sentence) {
  if (unattended(event.detail)) askAgain(event.detail.elt);
  else tell(sentence);
}

document.addEventListener("htmx:sendError", (event) => noAnswer(event, "网络不通，内容没有提交，请检查网络后重试。"));
document.addEventListener("htmx:timeout", (event) => noAnswer(event, "等待时间过长，请稍后重试。"));
document.addEventListener("htmx:responseError", (event) => {
  const status = event.detail.xhr.status;
  const sentence = WHY[status] ?? "处理时发生错误，已经记录，请稍后重试。";
  if (status > 501) noAnswer(event, sentence);
  else tell(sentence);
});

/* A form is sent once, however often its button is pressed. */
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || form.matches("[hx-post], [hx-boost] *, [hx-boost], [data-download]") || event.defaultPrevented) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  event.submitter?.setAttribute("aria-busy", "true");
});
window.addEventListener("pageshow", () => {
  document.querySelectorAll("form[data-sent]").forEach((form) => {
    delete form.dataset.sent;
    form.querySelectorAll("[aria-busy]").forEach((button) => button.removeAttribute("aria-busy"));
  });
});

/* <button data-confirm="…"> asks before a deed that cannot be taken back. */
document.addEventListener(
  "submit",
  (event) => {
    const question = event.submitter?.dataset.confirm ?? event.target.dataset.confirm;
    if (question && !window.confirm(question)) {
      event.preventDefault();
      event.stopPropagation();
    }
  },
  true,
);

/* <select data-submit> in a filter bar applies itself; without script the bar's button does. */
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-submit]")) event.target.form.requestSubmit();
});

/* Tabs that do not fit on a phone are swiped through; the one that is open is in sight. */
document.querySelector(".tabs .active")?.scrollIntoView({ block: "nearest", inline: "center" });

/* Menus (<details data-menu>) close on Escape and on a press elsewhere. */
document.addEventListener("click", (event) => {
  document.querySelectorAll("details[data-menu][open]").forEach((menu) => {
    if (!menu.contains(event.target)) menu.open = false;
  });
});

/* The search box: arrows walk through the suggestions, Escape closes them, Enter searches. */
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    document.querySelectorAll("details[data-menu][open]").forEach((menu) => {
      menu.open = false;
      menu.querySelector("summary").focus();
    });
  }
  const find = event.target.closest?.("[data-find]");
  if (!find) return;
  const box = find.querySelector("input[type=search]");
  const places = [box, ...find.querySelectorAll(".suggestions a")];
  const here = places.indexOf(document.activeElement);
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    places[(here + (event.key === "ArrowDown" ? 1 : places.length - 1)) % places.length].focus();
  } else if (event.key === "Escape") {
    find.querySelector(".suggestions").replaceChildren();
    box.focus();
  }
});

/* Who signs out leaves nothing readable in the field app of this browser: the key goes, what waits to be sent stays. */
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.action?.endsWith("/logout/") || !window.indexedDB) return;
  event.preventDefault();
  const go = () => form.submit();
  const opening = indexedDB.open("field");
  opening.onupgradeneeded = () => opening.transaction.abort(); // the app was never used here
  opening.onerror = opening.onblocked = go;
  opening.onsuccess = () => {
    const leaving = opening.result.transaction("facts", "readwrite");
    leaving.objectStore("facts").delete("who");
    leaving.oncomplete = leaving.onerror = leaving.onabort = go;
  };
});
