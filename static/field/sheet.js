/* A sheet that is filled in: the values of its fields as named texts, the same as the portal compares them. */

/* {name: text}; of several boxes of one name those that are ticked, joined by commas. */
export function read(form) {
  const values = {};
  for (const field of form.elements) {
    if (!field.name) continue;
    values[field.name] ??= "";
    if (field.type === "checkbox") values[field.name] = [values[field.name], field.checked ? field.value : ""].filter(Boolean).join(",");
    else if (field.type === "radio") values[field.name] = field.checked ? field.value : values[field.name];
    else values[field.name] = field.value.replaceAll("\r\n", "\n").trim();
  }
  return values;
}

export function fill(form, values) {
  for (const field of form.elements) {
    if (!field.name) continue;
    const text = values[field.name] ?? "";
    if (field.type === "checkbox") field.checked = text.split(",").includes(field.value);
    else if (field.type === "radio") field.checked = field.value === text;
    else if (field.value !== text) field.value = text; // not under the cursor of who writes
  }
}

/* Boxes for what may be chosen now, {field: [[value, label]]}; without any the question is not asked. */
export function offer(form, choices) {
  for (const place of form.querySelectorAll("[data-choices]")) {
    const name = place.dataset.choices, boxes = (choices?.[name] ?? []).map(([value, label]) => {
      const box = document.createElement("label");
      box.append(Object.assign(document.createElement("input"), { type: "checkbox", name, value }), Object.assign(document.createElement("span"), { textContent: label }));
      return box;
    });
    place.replaceChildren(...boxes);
    place.closest("fieldset").hidden = !boxes.length;
  }
}

/* What is missing, as a person calls it: the labels of empty fields that are asked for. `data-one-of`: one of a group. */
export function missing(form) {
  const values = read(form), found = [];
  for (const field of form.querySelectorAll("[data-required]")) {
    const names = field.dataset.required.split(" ");
    if (names.every((name) => !values[name])) found.push(field.dataset.label);
  }
  return found;
}

/* Put the portal's sentences beside the fields. */
export function tellErrors(form, errors) {
  form.querySelectorAll("[data-error]").forEach((place) => place.remove());
  for (const [name, sentence] of Object.entries(errors ?? {})) {
    const field = form.querySelector(`[name="${CSS.escape(name)}"]`), holder = field?.closest("fieldset, .field") ?? form;
    const place = Object.assign(document.createElement("p"), { className: "error", textContent: sentence });
    place.dataset.error = name;
    holder.append(place);
  }
}
