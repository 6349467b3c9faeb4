/* Explore a picture: the drawing stays for readers and printers; this puts a moving one in its place on request. */
"use strict";

(() => {
  const loaded = {};
  const load = (name) => (loaded[name] ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = `/static/vendor/${name}.js`;
    script.onload = resolve;
    script.onerror = reject;
    document.head.append(script);
  }));
  const COLOURS = { for: "#1a7f37", against: "#b3261e", open: "#6e7781" };
  const SAID = { for: "affirms", against: "denies", open: "leaves open" };
  const when = (bar) => (bar.first && bar.last
    ? (bar.first === bar.last ? bar.first : `between ${bar.first} and ${bar.last}`)
    : bar.first ? `not before ${bar.first}` : bar.last ? `not after ${bar.last}` : "undated");

  const drawTimeline = async (picture, mount) => {
    await load("d3");
    await load("plot");
    const days = picture.bars.flatMap((bar) => [bar.first, bar.last]).filter(Boolean).map((day) => new Date(day));
    const from = new Date(Math.min(...days) - 10 * 864e5);
    const to = new Date(Math.max(...days) + 10 * 864e5);
    const bars = picture.bars.map((bar, number) => ({
      ...bar, row: `${number} ${bar.label}`,
      x1: bar.first ? new Date(bar.first) : from,
      x2: bar.last ? new Date(+new Date(bar.last) + 864e5) : to,
      title: `${bar.label}\n${SAID[bar.tone]}, ${when(bar)}\n${bar.lane}\n${bar.note}`,
    }));
    const shape = { x1: "x1", x2: "x2", y: "row", insetTop: 4, insetBottom: 4, href: "iri", ariaLabel: "title",
      stroke: (bar) => COLOURS[bar.tone], strokeWidth: 2 };
    const short = (text) => (text.length > 36 ? `${text.slice(0, 35)}…` : text);
    mount.append(Plot.plot({
      width: Math.max(720, mount.clientWidth - 20), marginLeft: 260, height: 60 + 24 * bars.length,
      x: { type: "utc", grid: true, axis: "top", label: null },
      y: { label: null, tickFormat: (row) => short(row.slice(row.indexOf(" ") + 1)), domain: bars.map((bar) => bar.row) },
      marks: [
        Plot.barX(bars.filter((bar) => bar.first && bar.last), { ...shape,
          fill: (bar) => (bar.tone === "against" ? "#ffffff" : COLOURS[bar.tone]) }),
        Plot.barX(bars.filter((bar) => !(bar.first && bar.last)), { ...shape, fill: "#ffffff", strokeDasharray: "3 4" }),
        picture.day ? Plot.ruleX([new Date(picture.day)], { stroke: "#0b57b0", strokeWidth: 2 }) : null,
        Plot.tip(bars, Plot.pointerY({ x: "x1", y: "row", title: "title" })),
      ],
    }));
  };

  const drawCounts = async (picture, mount) => {
    await load("d3");
    await load("plot");
    const rows = picture.months.flatMap(({ month, sure, more }) => [
      { month, count: sure, kind: picture.words[0] }, { month, count: more, kind: picture.words[1] }]);
    mount.append(Plot.plot({
      width: Math.max(640, mount.clientWidth - 20), color: { legend: true, range: ["#0b57b0", "#a8c7ee"] },
      x: { type: "band", label: null, tickRotate: -40 }, marginBottom: 60, y: { grid: true, label: null },
      marks: [Plot.barY(rows, { x: "month", y: "count", fill: "kind", tip: true }), Plot.ruleY([0])],
    }));
  };

  const drawGraph = async (picture, mount, say) => {
    await load("cytoscape");
    await load("cytoscape-dagre");
    const cy = cytoscape({
      container: mount,
      elements: [
        ...picture.nodes.map((node) => ({ data: { id: node.name, label: `${node.label}\n${node.note}`, iri: node.iri, hidden: node.hidden ? 1 : 0 } })),
        ...picture.edges.map((edge, number) => ({ data: { id: `edge ${number}`, source: edge.source, target: edge.target, label: edge.label, weak: edge.weak ? 1 : 0 } })),
      ],
      layout: { name: "dagre", rankDir: "LR", nodeSep: 14, rankSep: 120 },
      style: [
        { selector: "node", style: { shape: "round-rectangle", width: 220, height: 44, label: "data(label)", "text-wrap": "wrap", "text-max-width": 210,
          "text-valign": "center", "font-size": 12, "background-color": "#f6f8fa", "border-width": 1, "border-color": "#1b1f24", color: "#1b1f24" } },
        { selector: "node[hidden = 1]", style: { "border-style": "dashed" } },
        { selector: "edge", style: { width: 1.5, "curve-style": "bezier", "target-arrow-shape": "triangle", "line-color": "#1b1f24", "target-arrow-color": "#1b1f24" } },
        { selector: "edge[weak = 1]", style: { "line-style": "dashed", "line-color": "#6e7781", "target-arrow-color": "#6e7781" } },
        { selector: ".near", style: { "border-width": 3, "border-color": "#0b57b0", "line-color": "#0b57b0" } },
      ],
    });
    mount.cy = cy;
    /* The arrow keys go from node to node, Enter follows the node. */
    const nodes = cy.nodes().sort((one, other) => one.position("x") - other.position("x") || one.position("y") - other.position("y"));
    let at = -1;
    const go = (next) => {
      at = (next + nodes.length) % nodes.length;
      const node = nodes[at];
      cy.elements().removeClass("near");
      node.closedNeighborhood().addClass("near");
      cy.animate({ fit: { eles: node.closedNeighborhood(), padding: 50 } }, { duration: 150 });
      const to = node.outgoers("node").map((one) => one.data("label").split("\n")[0]);
      say(`${node.data("label").replace("\n", ", ")}${to.length ? `; leads to ${to.join(", ")}` : ""}`);
    };
    mount.addEventListener("keydown", (event) => {
      if (["ArrowRight", "ArrowDown"].includes(event.key)) go(at + 1);
      else if (["ArrowLeft", "ArrowUp"].includes(event.key)) go(at - 1);
      else if (event.key === "Enter" && at >= 0 && nodes[at].data("iri")) location.href = nodes[at].data("iri");
      else return;
      event.preventDefault();
    });
    cy.on("tap", "node", (event) => go(nodes.toArray().indexOf(event.target)));
  };

  const DRAW = { timeline: drawTimeline, counts: drawCounts, graph: drawGraph };
  for (const figure of document.querySelectorAll("figure.picture")) {
    const picture = JSON.parse(figure.querySelector(".data").textContent);
    const button = figure.querySelector(".explore");
    const drawn = figure.querySelector(".drawn");
    let explored;
    let said;
    button.parentElement.hidden = false;
    button.addEventListener("click", async () => {
      if (!explored) {
        explored = Object.assign(document.createElement("div"), { className: "explored", tabIndex: 0 });
        explored.setAttribute("role", "application");
        explored.setAttribute("aria-label", `${picture.title} Arrow keys go from one to the next, Enter opens it.`);
        said = Object.assign(document.createElement("p"), { className: "said soft" });
        said.setAttribute("aria-live", "polite");
        drawn.after(explored, said);
        await DRAW[picture.kind](picture, explored, (text) => { said.textContent = text; });
        for (const group of explored.querySelectorAll("g[aria-label]")) group.setAttribute("role", "group");
        for (const inner of explored.querySelectorAll("figure")) inner.tabIndex = 0; /* it scrolls where it is narrow */
        figure.dataset.explored = "ready";
      }
      const on = button.getAttribute("aria-pressed") !== "true";
      button.setAttribute("aria-pressed", String(on));
      button.textContent = on ? "Back to the drawing" : "Explore";
      drawn.hidden = on;
      explored.hidden = said.hidden = !on;
      if (on) explored.focus();
    });
  }
})();
