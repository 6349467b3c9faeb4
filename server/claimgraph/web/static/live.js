/* While the dataset is edited: show the new state when it is in service, and the findings while a file is broken. */
"use strict";
(() => {
  const EVERY = 250; // milliseconds
  const MOST_RELOADS = 3; // for one snapshot: another process may still answer from the one before
  const shown = document.querySelector('meta[name="claimgraph-snapshot"]').content;
  const banner = document.createElement("section");
  banner.id = "live";
  banner.hidden = true;
  banner.setAttribute("role", "status");
  banner.setAttribute("aria-label", "The dataset being edited");
  document.body.append(banner);
  let told = "";

  const element = (name, text) => Object.assign(document.createElement(name), { textContent: text });

  /* Text that somebody has typed is never thrown away. */
  const isTyped = () => document.querySelector("textarea, #editor") !== null
    || [...document.querySelectorAll("input")].some((input) => input.value !== input.defaultValue)
    || [...document.querySelectorAll("option")].some((option) => option.selected && !option.defaultSelected && option.index > 0);

  const mayReload = (snapshot) => {
    const key = `live ${location.href} ${snapshot}`;
    const times = Number(sessionStorage.getItem(key));
    if (times >= MOST_RELOADS) return false;
    sessionStorage.setItem(key, String(times + 1));
    return true;
  };

  const listed = (findings) => {
    const list = document.createElement("ol");
    for (const finding of findings) {
      const item = document.createElement("li");
      item.append(element("code", `${finding.file}:${finding.line}:${finding.column}`), ` ${finding.code} ${finding.message}. `, element("span", finding.advice));
      list.append(item);
    }
    return list;
  };

  const tell = (state) => {
    const isOld = state.snapshot !== shown;
    const key = JSON.stringify([state.good, isOld, state.findings, state.message]);
    if (key === told) return;
    told = key;
    const parts = [];
    if (!state.good) parts.push(element("p", "The files as they were saved last are not published; this page shows the last good state."));
    if (state.message) parts.push(element("p", state.message));
    if (state.findings.length) parts.push(listed(state.findings));
    if (isOld) {
      const again = element("a", "Show it");
      again.href = location.href;
      const line = element("p", "There is a new state. ");
      line.append(again);
      parts.push(line);
    }
    banner.className = state.good ? "" : "broken";
    banner.hidden = parts.length === 0;
    banner.replaceChildren(...parts);
  };

  const look = async () => {
    let isGone = false;
    try {
      const answer = await fetch("/live", { cache: "no-store" });
      isGone = answer.status === 404; // served without --watch by now
      if (answer.ok) {
        const state = await answer.json();
        if (state.snapshot !== shown && !isTyped() && mayReload(state.snapshot)) {
          location.reload();
          return;
        }
        tell(state);
      }
    } catch {
      // The server is being started again.
    }
    if (!isGone) setTimeout(look, EVERY);
  };
  look();
})();
