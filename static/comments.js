// Naming a colleague in a comment: after @ the names below the text are those whose boxes stand in the form, and to take
// one ticks its box. Without script the boxes themselves are ticked.
"use strict";
(() => {
  const SIGN = /[@＠]([^\s@＠，。、；：]{0,12})$/;
  const MOST = 8;

  const parts = (field) => {
    const form = field.closest(".comment-form");
    return { form, list: form.querySelector(".comment-names"), boxes: [...form.querySelectorAll("input[name=mentions]")] };
  };
  const close = (field) => {
    const { list } = parts(field);
    list.hidden = true;
    list.replaceChildren();
    field.removeAttribute("aria-activedescendant");
  };

  const offer = (field) => {
    const sign = SIGN.exec(field.value.slice(0, field.selectionStart));
    const { list, boxes } = parts(field);
    const found = sign ? boxes.filter((box) => !box.checked && box.parentElement.textContent.includes(sign[1])).slice(0, MOST) : [];
    if (!found.length) return close(field);
    list.replaceChildren(...found.map((box, place) => {
      const line = document.createElement("li");
      line.id = `comment-name-${box.value}`;
      line.setAttribute("role", "option");
      line.setAttribute("aria-selected", place === 0 ? "true" : "false");
      line.dataset.person = box.value;
      line.textContent = box.parentElement.textContent.trim().replace(/\s+/g, "　");
      return line;
    }));
    list.hidden = false;
    field.setAttribute("aria-autocomplete", "list");
    field.setAttribute("aria-activedescendant", list.firstChild.id);
  };

  const take = (field, line) => {
    const box = parts(field).boxes.find((each) => each.value === line.dataset.person);
    const before = field.value.slice(0, field.selectionStart).replace(SIGN, `@${box.dataset.name} `);
    const after = field.value.slice(field.selectionStart);
    box.checked = true;
    box.closest("details").open = true;
    field.value = before + after;
    field.setSelectionRange(before.length, before.length);
    field.dispatchEvent(new Event("change", { bubbles: true }));
    close(field);
    field.focus();
  };

  const turn = (field, list, by) => {
    const lines = [...list.children];
    const now = lines.findIndex((line) => line.getAttribute("aria-selected") === "true");
    const next = (now + by + lines.length) % lines.length;
    lines.forEach((line, place) => line.setAttribute("aria-selected", place === next ? "true" : "false"));
    field.setAttribute("aria-activedescendant", lines[next].id);
  };

  document.addEventListener("input", (event) => {
    if (event.target.id === "comment-text") offer(event.target);
  });
  document.addEventListener("keydown", (event) => {
    const field = event.target;
    if (field.id !== "comment-text" || event.isComposing) return;
    const { list } = parts(field);
    if (list.hidden) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") turn(field, list, event.key === "ArrowDown" ? 1 : -1);
    else if (event.key === "Enter" || event.key === "Tab") take(field, list.querySelector("[aria-selected=true]"));
    else if (event.key === "Escape") close(field);
    else return;
    event.preventDefault();
  });
  document.addEventListener("mousedown", (event) => {
    const line = event.target.closest?.(".comment-names li");
    if (!line) return;
    event.preventDefault();
    take(line.closest(".comment-form").querySelector("#comment-text"), line);
  });
  document.addEventListener("focusout", (event) => {
    if (event.target.id === "comment-text") close(event.target);
  });
})();
