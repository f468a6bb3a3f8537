// Brings the explorers of a page to life: native controls (controls.js) choose one of the frames drawn when the book
// was built, and the state stands in the address, so that it can be linked to. Where Python runs in the browser
// (live.js), the same controls take every value of a wider range. No module, since browsers do not load modules of
// a page that was opened from a disk.
{
  const { control, element, readable } = window.bookControls;
  const root = document.documentElement.dataset.content_root ?? "../";
  // A picture that takes longer than so many milliseconds is announced, and from LONG on it is said how long it takes.
  const SOON = 200;
  const LONG = 2000;

  // While a control plays, a picture stays for so many milliseconds at least.
  const STAYS = 300;

  class NoPicture extends Error {}

  // Says over a picture that a newer one is on its way.
  function waiting(figure, status) {
    const note = element("p", { className: "explore-late", hidden: true });
    let timer = 0;
    note.setAttribute("aria-hidden", "true"); // the live region says it, more rarely
    figure.querySelector(".explore-picture").append(note);

    function tell(words, began) {
      const passed = performance.now() - began;
      const seconds = passed < LONG ? "" : ` ${Math.floor(passed / 1000)} s so far.`;
      note.hidden = false;
      note.textContent = `${words} …${seconds}`;
      figure.classList.add("explore-waiting");
      if (seconds && !status.textContent.startsWith(words)) {
        status.className = "explore-status";
        status.textContent = `${words} …`;
      }
      timer = setTimeout(tell, passed < LONG ? LONG - passed : 1000, words, began);
    }

    return {
      begin(words) {
        clearTimeout(timer);
        figure.setAttribute("aria-busy", "true");
        const began = performance.now();
        if (note.hidden) timer = setTimeout(tell, SOON, words, began);
        else tell(words, began);
      },
      end() {
        clearTimeout(timer);
        note.hidden = true;
        figure.classList.remove("explore-waiting");
        figure.removeAttribute("aria-busy");
      },
    };
  }

  // The button of a control that can play: it goes on from picture to picture, to its end or until it is stopped.
  // `step` shows the values and returns whether they came.
  function player(part, step) {
    let turn = 0;
    let playing = false;

    function stop() {
      turn++;
      playing = false;
      part.play.textContent = "Play";
    }

    async function go() {
      const mine = ++turn;
      playing = true;
      part.play.textContent = "Stop";
      if (part.next() === null) part.set(part.first);
      for (let next = part.next(); mine === turn && next !== null; next = part.next()) {
        const until = performance.now() + STAYS;
        part.set(next);
        if (!(await step(part.next() === null))) break;
        await new Promise((resolve) => setTimeout(resolve, until - performance.now()));
      }
      if (mine === turn) stop();
    }

    part.play.addEventListener("click", () => (playing ? stop() : go()));
    return stop;
  }

  function start(figure, owned) {
    const { controls, wide, frames } = JSON.parse(figure.querySelector(".explore-frames").textContent);
    const names = Object.keys(controls);
    const img = figure.querySelector("img");
    const source = figure.querySelector("source");
    const box = figure.querySelector(".explore-picture");
    const status = figure.querySelector(".explore-status");
    const wait = waiting(figure, status);
    const notice = element("p", { className: "explore-notice" });
    notice.setAttribute("role", "status");
    box.before(notice);
    // The first explorer on a page that has a control of some name owns the plain key.
    const keys = names.map((name) => (owned.has(name) ? `${figure.id}.${name}` : name));
    names.forEach((name) => owned.add(name));
    const narrow = matchMedia(source.media);
    const parts = names.map((name) =>
      control(figure.querySelector(`[data-control="${name}"]`), name, controls[name], wide[name], moved),
    );
    let python = null; // while it is at hand it draws any values, and some ahead
    let run = null; // starts it
    let held = texts(); // the values before those that are shown
    let drawn = ""; // the address of a picture that Python drew, while it is shown
    let asked = 0; // of pictures that were asked for
    let shown = { number: 0, values: held };
    const stops = parts.filter((part) => part.play).map((part) => player(part, step));

    function texts() {
      return parts.map((part) => part.read());
    }

    // What a reader can move, and what it stands at.
    const spelled = (values) =>
      parts.flatMap((part, i) => (part.movable() ? [`${part.label}: ${readable(values[i])}`] : [])).join(", ");
    const named = (values) => Object.fromEntries(names.map((name, i) => [name, values[i]]));
    const layout = () => (narrow.matches ? "narrow" : "wide");

    // Frames stand in the order of an odometer: the last control turns fastest.
    function frameAt(values) {
      const at = values.map((value, i) => parts[i].indexOf(value));
      if (at.some((index) => index < 0)) return null;
      return frames[at.reduce((number, index, i) => number * controls[names[i]].length + index, 0)];
    }

    async function load(frame) {
      const url = ([file]) => `${root}_explore/${file}`;
      const next = new Image();
      next.src = url(narrow.matches ? frame.narrow : frame.wide);
      await next.decode();
      const [width, height] = frame.wide.slice(1);
      const small = { url: url(frame.narrow), width: frame.narrow[1], height: frame.narrow[2] };
      return { url: url(frame.wide), width, height, small, alt: frame.alt };
    }

    // A frame of the book that does not come, because the connection is gone, say, can be drawn all the same.
    async function picture(frame, values) {
      if (!frame) return python.draw(named(values), layout());
      const loaded = await load(frame).catch(() => null);
      if (!loaded && !python)
        throw new NoPicture("This picture could not be loaded. Check the connection and move the control again.");
      return loaded ?? python.draw(named(values), layout());
    }

    // Whoever has taken a step often takes the same again: where that leads is drawn ahead.
    function prepare(values) {
      const i = values.findIndex((text, at) => text !== held[at]);
      const next = i < 0 ? null : parts[i].further(values[i], held[i]);
      if (next === null) return;
      const then = values.map((text, at) => (at === i ? next : text));
      if (!frameAt(then)) python.prepare(named(then), layout());
    }

    function put({ url, width, height, small, alt }) {
      const other = small ?? { url, width, height };
      source.srcset = other.url;
      [source.width, source.height] = [other.width, other.height];
      img.src = url;
      [img.width, img.height] = [width, height];
      img.alt = alt;
      if (drawn) URL.revokeObjectURL(drawn);
      drawn = small ? "" : url;
      if (small) return;
      // The room that is kept for pictures grows with them, and does not shrink.
      const keep = (what, least, unit) => {
        const property = `--${layout()}-${what}`;
        if (parseFloat(box.style.getPropertyValue(property)) < least) box.style.setProperty(property, least + unit);
      };
      keep("height", height, "px");
      keep("ratio", height / width, "");
    }

    function fail(sentence) {
      wait.end();
      status.className = "explore-status explore-failed";
      status.textContent = `${sentence} The picture still shows ${spelled(shown.values)}.`;
    }

    async function show(values, announce) {
      const mine = ++asked;
      const frame = frameAt(values);
      wait.begin(`${frame ? "Loading" : "Drawing"} ${spelled(values)}`);
      let made;
      try {
        made = await picture(frame, values);
      } catch (error) {
        if (mine === asked) fail(error.message);
        return;
      }
      if (mine < shown.number) {
        if (!made.small) URL.revokeObjectURL(made.url);
        return; // a newer one is there already
      }
      put(made);
      shown = { number: mine, values };
      if (mine !== asked) return; // it is one on the way to what was asked for last
      wait.end();
      status.className = "explore-status";
      status.textContent = announce ? made.alt : "";
      if (announce && python) prepare(values);
      held = values;
      return true;
    }

    function write(change) {
      const query = new URLSearchParams(location.search);
      keys.forEach((key, i) => change(query, key, i));
      const text = query.toString();
      history.replaceState(history.state, "", `${location.pathname}${text && `?${text}`}${location.hash}`);
    }

    function step(announce) {
      const values = texts();
      notice.replaceChildren();
      write((query, key, i) => query.set(key, values[i]));
      return show(values, announce);
    }

    function moved() {
      stops.forEach((stop) => stop());
      step(true);
    }

    // A link may ask for what is not to be had here, or not yet.
    function say(beyond, impossible) {
      const values = texts();
      const told = (one) => `${parts[one.i].label}: ${readable(one.text.slice(0, 40))}`;
      const list = (some) => some.map(told).join(", ");
      const can = (some) => some.map(({ i }) => `${parts[i].label}: ${parts[i].range()}`).join("; ");
      const sentences = [];
      if (beyond.length) sentences.push(`This link asks for ${list(beyond)}, which only Python can draw.`);
      if (impossible.length)
        sentences.push(`This link asks for ${list(impossible)}, which is not possible here (${can(impossible)}).`);
      if (sentences.length) sentences.push(`The picture shows ${spelled(values)}.`);
      notice.replaceChildren(sentences.join(" "));
      if (!beyond.length || !run) return;
      const button = element("button", { type: "button", textContent: "Run Python and show it" });
      button.addEventListener("click", run);
      notice.append(" ", button);
    }

    // Returns whether the address says anything about this figure.
    function fromAddress() {
      const query = new URLSearchParams(location.search);
      const beyond = [];
      const impossible = [];
      let changed = false;
      let meant = false;
      parts.forEach((part, i) => {
        const text = query.get(`${figure.id}.${names[i]}`) ?? query.get(keys[i]);
        if (text === null) return;
        meant = true;
        if (!part.possible(text)) (part.reachable(text) ? beyond : impossible).push({ i, text });
        else if (text !== part.read()) {
          part.set(text);
          changed = true;
        }
      });
      say(beyond, impossible);
      if (changed) show(texts(), false);
      return meant;
    }

    function become(drawing) {
      stops.forEach((stop) => stop());
      python = drawing;
      parts.forEach((part) => part.widen(python !== null));
      if (!python && (drawn || asked > shown.number)) show(texts(), false);
      fromAddress();
    }

    function reset() {
      stops.forEach((stop) => stop());
      parts.forEach((part, i) => part.set(controls[names[i]][0]));
      notice.replaceChildren();
      write((query, key, i) => [key, `${figure.id}.${names[i]}`].forEach((one) => query.delete(one)));
      show(texts(), false);
    }

    figure.tabIndex = -1; // so that links lead the keyboard to it, too
    figure.querySelector(".explore-missing").remove();
    figure.querySelector(".explore-controls").disabled = false;
    narrow.addEventListener("change", () => drawn && show(texts(), false));
    const meant = fromAddress();
    return {
      name: figure.id,
      figure,
      meant,
      wide: Object.keys(wide).length > 0,
      become,
      reset,
      // `start` runs Python, and then become() is called.
      offer(start) {
        run = start;
        fromAddress();
      },
    };
  }

  // A link with a state leads to its figure; who comes back is where he was, and a link may name another place.
  function lead({ figure }) {
    const [{ type } = {}] = performance.getEntriesByType("navigation");
    if (location.hash || (type && type !== "navigate")) return;
    const go = () => figure.scrollIntoView({ behavior: "instant", block: "start" });
    let left = false;
    for (const kind of ["wheel", "touchstart", "pointerdown", "keydown"])
      addEventListener(kind, () => (left = true), { once: true, passive: true });
    go();
    figure.focus({ preventScroll: true });
    // What loads above it may move it.
    addEventListener("load", () => left || go(), { once: true });
  }

  // For readers without a mouse, beside the theme's own link of this kind.
  function offerSkip({ figure }) {
    const link = element("a", { href: `#${figure.id}`, textContent: "Skip to the first figure" });
    link.addEventListener("click", (event) => {
      event.preventDefault(); // the address keeps what it says
      figure.scrollIntoView({ behavior: "instant", block: "start" });
      figure.focus({ preventScroll: true });
    });
    document.querySelector(".skip-link")?.after(element("div", { className: "skip-link d-print-none" }, link));
  }

  function sayNoPython(explorers, sentence) {
    for (const { figure } of explorers.filter((one) => one.wide).slice(0, 1))
      figure.append(element("p", { className: "explore-live", textContent: sentence }));
  }

  const owned = new Set();
  const explorers = [...document.querySelectorAll("[data-explore]")].map((figure) => start(figure, owned));
  const meant = explorers.find((one) => one.meant);
  if (meant) lead(meant);
  if (explorers.length) offerSkip(explorers[0]);
  const runtime = document.querySelector('meta[name="explore-runtime"]');
  const exercises = document.querySelectorAll(".cell.tag_exercise");
  if (explorers.length + exercises.length && runtime) {
    if (location.protocol === "file:") {
      sayNoPython(
        explorers,
        "Opened from a disk, this page shows the book's values; all others need it to come from a web server.",
      );
    } else {
      const url = (name) => new URL(root + name, location.href).href;
      import(url("_static/live.js")).then(
        ({ offer }) => offer(explorers, JSON.parse(runtime.content), url),
        () =>
          sayNoPython(
            explorers,
            "The part of this page that runs Python has not arrived, or is not what it should be: this figure and the " +
              "others keep the book's values. Loading the page again may help.",
          ),
      );
    }
  }
}
