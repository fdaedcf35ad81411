/* A form that keeps itself (data-draft): what is typed is held in this browser until the portal has said that it has it,
   so that a lost connection, an ended session or a closed window loses nothing. The person's number is part of the key:
   on a shared machine nobody is shown another's words. */
"use strict";

const sheet = document.querySelector("form[data-draft]");

if (sheet) {
  const key = `draft:${sheet.dataset.draft}:${location.pathname}`;
  const kept = () => document.getElementById("kept");
  const values = () => Object.fromEntries([...new FormData(sheet)].filter(([name]) => !["csrfmiddlewaretoken", "base"].includes(name) && !name.startsWith("choice-")));
  const isLogin = (address) => address && new URL(address).pathname.startsWith("/login");
  let typed = 0; // how often something was typed, so that an answer knows whether it is about the latest
  let asked = 0;

  function say(sentence) {
    const line = kept(); // none while the page is being left
    line?.querySelector("[data-kept]")?.replaceChildren(sentence);
    line?.classList.add("kept-here");
  }

  function hold() {
    try {
      localStorage.setItem(key, JSON.stringify({ values: values(), base: sheet.elements.base.value, at: Date.now() }));
    } catch {
      say("浏览器不能保存本机草稿，请及时点“保存草稿”。");
    }
  }

  function bring(held) {
    sheet.elements.base.value = held.base;
    for (const [name, value] of Object.entries(held.values)) {
      const field = sheet.elements[name];
      if (field) field.value = value; // of radio buttons the one with the value
    }
    const at = new Date(held.at);
    say(`已恢复本机 ${String(at.getHours()).padStart(2, "0")}:${String(at.getMinutes()).padStart(2, "0")} 未提交的内容，正在保存…`);
    typed += 1;
    htmx.trigger(sheet, "keep");
  }

  sheet.addEventListener("input", () => {
    typed += 1;
    hold();
    say("仅在本机，正在保存…");
  });

  sheet.addEventListener("htmx:configRequest", () => {
    asked = typed;
  });

  /* The log-in page is no answer: the session has ended, the page loads anew and brings back what was typed. */
  document.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.elt !== sheet) return;
    const { status, responseURL } = event.detail.xhr;
    if (status === 200 && asked === typed && !isLogin(responseURL)) localStorage.removeItem(key);
    else hold();
  });
  for (const name of ["htmx:sendError", "htmx:timeout", "htmx:responseError"])
    document.addEventListener(name, (event) => {
      if (event.detail.requestConfig?.elt === sheet) say("没有保存到平台，内容存在本机，稍后自动重试。");
    });
  const again = () => localStorage.getItem(key) && htmx.trigger(sheet, "keep");
  window.addEventListener("online", again);
  setInterval(again, 30000);

  const here = localStorage.getItem(key);
  if (here) document.addEventListener("DOMContentLoaded", () => bring(JSON.parse(here))); // htmx knows the form by then
}

/* The record is handed in: nothing of it stays in this browser. */
const done = document.querySelector("[data-draft-done]");
if (done) localStorage.removeItem(`draft:${done.dataset.draftDone}:${location.pathname}`);
