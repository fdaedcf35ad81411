/* The ledger: tick all of a page at once, and say how many are ticked. Without it each row is ticked by hand. */
"use strict";

function tell_picked(form) {
  const boxes = [...form.querySelectorAll("input[name=item]")];
  const picked = boxes.filter((box) => box.checked).length;
  const all = form.querySelector("[data-pick-all]");
  if (all) {
    all.hidden = boxes.length === 0;
    all.checked = picked > 0 && picked === boxes.length;
    all.indeterminate = picked > 0 && picked < boxes.length;
  }
  const note = form.querySelector("[data-picked]");
  if (note && picked) note.textContent = `已选 ${picked} ${note.dataset.unit || "件"}`;
  else if (note) note.textContent = note.dataset.picked || note.textContent;
}

function look_at(root) {
  root.querySelectorAll("form[data-picking]").forEach((form) => {
    const note = form.querySelector("[data-picked]");
    if (note) note.dataset.picked = note.textContent;
    tell_picked(form);
  });
}

document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-picking]");
  if (!form) return;
  if (event.target.matches("[data-pick-all]")) {
    form.querySelectorAll("input[name=item]").forEach((box) => (box.checked = event.target.checked));
  }
  tell_picked(form);
});
document.addEventListener("DOMContentLoaded", () => look_at(document));
document.addEventListener("htmx:afterSettle", (event) => look_at(event.target.parentNode ?? document));
