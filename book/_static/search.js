// The page for search: sections of the book that have all words of a question, chapters before the library's
// reference. Words are compared without hyphens and the like: 2-AND, 2and and double_light, double-light,
// doublelight are the same. No module, since browsers do not load modules of a page that was opened from a disk.
{
  const MOST = 30; // results
  const REPEATS = /^(?:Exercises|Check yourself|What was proved)/; // sections that say again what others explain
  const AROUND = 110; // letters of an excerpt on either side
  const COMMON = new Set("a an and are as at be by for from how in is it of on or that the this to what with".split(" "));

  const joined = (text) => text.replace(/(?<=[\p{L}\p{N}])[-_‐‑–](?=[\p{L}\p{N}])/gu, "");
  const plain = (text) => joined(text.normalize("NFKC").toLowerCase());
  const words = (text) => plain(text).match(/[\p{L}\p{N}]+/gu) ?? [];
  // One and many are the same word.
  const stem = (word) => (word.length > 4 ? word.replace(/(?<=[^s])s$/, "") : word);
  const startsWord = (word) => new RegExp(`(?<![\\p{L}\\p{N}])${word}`, "gu");
  const count = (text, pattern) => (text.match(pattern) ?? []).length;

  // What a question asks for: lists of patterns, of which each must be found.
  function asked(query) {
    const all = words(query);
    const kept = all.filter((word) => !COMMON.has(word));
    const single = (kept.length ? kept : all).map((word) => [startsWord(stem(word))]);
    const compound = all.length > 1 ? [[startsWord(stem(all.join("")))]] : [];
    return { single, compound };
  }

  function score(entry, patterns) {
    let sum = 0;
    for (const pattern of patterns.flat()) {
      const [page, title, text] = [entry.page, entry.title, entry.text].map((one) => count(one, pattern));
      if (page + title + text === 0) return 0;
      sum += 3 * Math.min(1, page) + 5 * Math.min(1, title) + Math.log2(1 + text);
    }
    return REPEATS.test(entry.shown) ? sum / 2 : sum;
  }

  function find(entries, query) {
    const { single, compound } = asked(query);
    if (!single.length) return [];
    const phrase = words(query).join(" ");
    const scored = entries.map((entry) => {
      let points = score(entry, single);
      if (compound.length) points = Math.max(points, 2 * score(entry, compound));
      if (points && words(entry.shown).join(" ") === phrase) points += 10;
      return { entry, points };
    });
    let found = scored.filter(({ points }) => points > 0);
    // Two words in the book may be one in the question.
    if (!found.length) {
      const solid = words(query).join("");
      const has = ({ title, text }) => `${title} ${text}`.replace(/\s+/g, "").split(solid).length - 1;
      found = entries.map((entry) => ({ entry, points: solid.length > 4 ? has(entry) : 0 })).filter(({ points }) => points);
    }
    return found.sort((a, b) => a.entry.rank - b.entry.rank || b.points - a.points || a.entry.order - b.entry.order);
  }

  function element(tag, properties = {}, ...children) {
    const made = Object.assign(document.createElement(tag), properties);
    made.append(...children);
    return made;
  }

  // A pattern for the words as they are written, hyphens and all.
  const asWritten = (query) =>
    new RegExp(
      words(query)
        .filter((word, _, all) => !COMMON.has(word) || all.length === 1)
        .map((word) => [...stem(word)].join("[-_‐‑–]?"))
        .join("|") || "$^",
      "giu",
    );

  function excerpt(text, query) {
    const pattern = asWritten(query);
    const at = text.search(pattern);
    const from = at <= AROUND ? 0 : text.indexOf(" ", at - AROUND) + 1;
    const until = text.length <= from + 2 * AROUND ? text.length : text.lastIndexOf(" ", from + 2 * AROUND);
    const shown = text.slice(from, until);
    const parts = [];
    let last = 0;
    for (const hit of shown.matchAll(pattern)) {
      parts.push(shown.slice(last, hit.index), element("mark", { textContent: hit[0] }));
      last = hit.index + hit[0].length;
    }
    parts.push(shown.slice(last));
    const made = element("p", { className: "context" }, ...parts);
    if (from > 0) made.prepend("… ");
    if (until < text.length) made.append(" …");
    return made;
  }

  function show(query) {
    const entries = searchIndex.flatMap(({ url, title, rank, sections }, page) =>
      sections.map(([id, shown, text], number) => ({
        ...{ rank, order: page * 1000 + number, shown, written: text, url: id ? `${url}#${id}` : url },
        ...{ page: plain(title), title: plain(shown), text: plain(text), of: number ? title : "", name: number ? shown : title },
      })),
    );
    const found = find(entries, query);
    const place = document.getElementById("search-results");
    const status = element("p", { className: "search-summary", role: "status" });
    status.textContent = found.length
      ? `${found.length} ${found.length === 1 ? "section" : "sections"}${found.length > MOST ? `, the first ${MOST} of them` : ""}`
      : "Nothing was found. Try one word of it, or another spelling.";
    const list = element("ul", { className: "search" });
    for (const { entry } of found.slice(0, MOST)) {
      const link = element("a", { href: entry.url, textContent: entry.name });
      const item = element("li", {}, link);
      if (entry.of) item.append(element("span", { className: "search-page", textContent: ` in ${entry.of}` }));
      if (entry.written) item.append(excerpt(entry.written, query));
      list.append(item);
    }
    place.replaceChildren(element("h2", { textContent: `Results for “${query}”` }), status, list);
    try {
      // The page that is opened marks them (sphinx_highlight.js).
      const marked = [...query.toLowerCase().split(/\s+/), ...words(query)].filter((word) => !COMMON.has(word));
      localStorage.setItem("sphinx_highlight_terms", [...new Set(marked)].join(" "));
    } catch {
      // Nothing is marked, then.
    }
  }

  const query = (new URLSearchParams(location.search).get("q") ?? "").trim();
  for (const field of document.querySelectorAll('input[name="q"]')) field.value = query;
  if (query) show(query);
}
