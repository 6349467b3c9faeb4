/* The editor of /sparql: YASGUI, told to ask this host alone. The plain form stays where this does not run. */
"use strict";

(async () => {
  const mount = document.getElementById("editor");
  const form = document.getElementById("plain");
  const endpoint = new URL("/sparql", location.href).href;
  const { prefixes, examples } = await (await fetch("/editor.json")).json();

  /* Completion. The completers that YASGUI brings ask outside hosts; ours ask the endpoint, once. */
  const TERMS = {
    class: `SELECT DISTINCT ?term { { ?term a <http://www.w3.org/2002/07/owl#Class> } UNION { [] a ?term } FILTER(ISIRI(?term)) }`,
    property: `SELECT DISTINCT ?term { { ?term a ?kind VALUES ?kind {
      <http://www.w3.org/2002/07/owl#ObjectProperty> <http://www.w3.org/2002/07/owl#DatatypeProperty> } }
      UNION { SELECT DISTINCT ?term { ?s ?term ?o } } }`,
  };
  const found = {};
  const terms = (kind) => (found[kind] ??= fetch(`/sparql?query=${encodeURIComponent(TERMS[kind])}`,
    { headers: { Accept: "application/sparql-results+json" } })
    .then((response) => response.json())
    .then((answer) => answer.results.bindings.map((row) => row.term.value).sort()));
  const { Yasqe } = Yasgui;
  for (const kind of ["class", "property"]) {
    Yasqe.registerAutocompleter({ ...Yasqe.Autocompleters[kind], get: () => terms(kind), bulk: true, autoShow: true });
  }
  Yasqe.registerAutocompleter({
    ...Yasqe.Autocompleters.prefixes,
    get: () => Object.entries(prefixes).map(([name, iri]) => `${name}: <${iri}>`),
    persistenceId: null,
  });

  mount.hidden = false;
  form.hidden = true;
  const written = form.querySelector("textarea").value;
  /* A query that was refused is not asked again: what is wrong with it came with the page. */
  const refusal = document.getElementById("problem")?.textContent;
  const asked = refusal ? written : new URL(location.href).searchParams.get("query");
  const yasgui = new Yasgui(mount, {
    requestConfig: { endpoint, method: "GET" },
    copyEndpointOnNewTab: false,
    autofocus: false,
    populateFromUrl: false, /* the address is read below */
    persistenceId: "claimgraph",
    endpointCatalogueOptions: { getData: () => [{ endpoint }] },
    yasqe: { value: written, collapsePrefixesOnLoad: true, showQueryButton: true },
  });

  /* A list of tabs may hold nothing but tabs (WAI-ARIA); YASGUI puts its button for a new one there. */
  for (const button of mount.querySelectorAll("[role=tablist] button.addTab, [role=tablist] > * > button.addTab")) {
    button.setAttribute("role", "tab");
    button.setAttribute("aria-selected", "false");
  }

  /* Tabs: what was asked in the address gets a tab of its own and is answered at once. */
  const open = (query, title, run) => {
    const tab = yasgui.addTab(true, { name: title, yasqe: { value: query } });
    tab.getYasqe().setValue(query);
    tab.getYasqe().collapsePrefixes(true);
    if (run) tab.getYasqe().query().catch(() => {});
  };
  if (asked) open(asked, "from the address", !refusal);

  /* Examples. */
  const picker = document.getElementById("examples");
  for (const example of examples) picker.add(new Option(example.title, example.name));
  picker.addEventListener("change", () => {
    const example = examples.find((one) => one.name === picker.value);
    if (example) open(example.query, example.name, false);
    picker.value = "";
  });

  /* Errors are marked at their place, and said. */
  const status = document.getElementById("editor-status");
  const watched = new WeakSet();
  const unmark = (yasqe) => {
    status.textContent = "";
    for (const mark of yasqe.getAllMarks()) if (mark.className === "at-fault") mark.clear();
  };
  const markError = (yasqe, body) => {
    let problem;
    try { problem = JSON.parse(body); } catch { return; }
    if (!problem || !problem.status) return;
    status.textContent = `${problem.title}. ${problem.detail}`;
    if (!problem.line) return;
    const line = problem.line - 1;
    const text = yasqe.getLine(line) ?? "";
    const start = Math.min(Math.max(0, (problem.column ?? 1) - 1), Math.max(0, text.length - 1));
    yasqe.markText({ line, ch: start }, { line, ch: Math.max(text.length, start + 1) }, { className: "at-fault", title: problem.detail });
    yasqe.setCursor({ line, ch: start });
  };
  const watch = () => {
    const yasqe = yasgui.getTab()?.getYasqe();
    if (!yasqe) return undefined;
    if (!watched.has(yasqe)) {
      watched.add(yasqe);
      yasqe.getInputField().setAttribute("aria-label", "SPARQL query");
      yasqe.on("query", () => unmark(yasqe));
      yasqe.on("queryResponse", (_, response) => { if (response instanceof Error) markError(yasqe, response.message); }); /* the body of the problem */
      yasqe.on("changes", show);
    }
    return yasqe;
  };

  /* Code to take along. */
  const triple = (text) => text.replaceAll("\\", "\\\\").replaceAll('"""', '\\"\\"\\"');
  const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;
  const SNIPPETS = {
    "snippet-python": (query) => `from SPARQLWrapper import JSON, SPARQLWrapper

endpoint = SPARQLWrapper("${endpoint}", returnFormat=JSON)
endpoint.setQuery("""
${triple(query.trim())}
""")
for row in endpoint.queryAndConvert()["results"]["bindings"]:
    print({name: term["value"] for name, term in row.items()})
`,
    "snippet-curl": (query) => `curl ${endpoint} -H 'Accept: text/csv' --data-urlencode ${quoted(`query=${query.trim()}`)}\n`,
    "snippet-r": (query) => `query <- r"---(
${query.trim()}
)---"
answer <- read.csv(paste0("${endpoint}?format=csv&query=", URLencode(query, reserved = TRUE)))
print(answer)
`,
  };
  const downloads = [...document.querySelectorAll("#downloads a")];
  function show() {
    const yasqe = yasgui.getTab()?.getYasqe();
    if (!yasqe) return;
    const query = yasqe.getValue();
    for (const [id, write] of Object.entries(SNIPPETS)) document.getElementById(id).textContent = write(query);
    const isGraph = ["CONSTRUCT", "DESCRIBE"].includes(yasqe.getQueryType());
    for (const link of downloads) {
      link.parentElement.hidden = (link.dataset.kind === "graph") !== isGraph;
      link.href = `/sparql?${new URLSearchParams({ query, format: link.dataset.format })}`;
      link.download = `answer.${link.dataset.format}`;
    }
  }
  const follow = () => { watch(); show(); };
  yasgui.on("tabSelect", () => setTimeout(follow));
  yasgui.on("tabAdd", () => setTimeout(follow));
  follow();
  if (refusal) {
    document.querySelector(".problem").remove(); /* the editor says the same at its place */
    markError(watch(), refusal);
  }
  for (const button of document.querySelectorAll("button[data-copies]")) {
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(document.getElementById(button.dataset.copies).textContent);
      status.textContent = "Copied.";
    });
  }
  document.getElementById("around").hidden = false;
  document.documentElement.dataset.editor = "ready";
})();
