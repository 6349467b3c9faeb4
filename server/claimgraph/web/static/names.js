/* Complete names while they are typed, where there are too many to stand in the page. */
"use strict";

for (const field of document.querySelectorAll("input[data-kind]")) {
  const list = document.getElementById(field.getAttribute("list"));
  let asked = "";
  let timer;
  const complete = async () => {
    const prefix = field.value.trim();
    if (prefix === asked || prefix.length < 2) return;
    asked = prefix;
    const address = `/reconcile/suggest/entity?${new URLSearchParams({ prefix, type: field.dataset.kind })}`;
    const response = await fetch(address);
    if (!response.ok || prefix !== field.value.trim()) return;
    const { result } = await response.json();
    const names = result.map(({ name }) => name);
    list.replaceChildren(...result.map(({ id, name, description }) => {
      /* What is not plain, or is the name of several, is written by its identifier. */
      const isPlain = !name.includes(":") && names.indexOf(name) === names.lastIndexOf(name);
      const option = new Option();
      option.value = isPlain ? name : `id:${id}`;
      option.label = isPlain ? [name, description].filter(Boolean).join(": ") : name;
      return option;
    }));
    list.dataset.for = prefix;
  };
  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(complete, 150);
  });
}
