// Brings the explorers of a page to life: native controls choose one of the frames drawn when the book
// was built, and the state stands in the address, so that it can be linked to. Where Python runs in the
// browser (live.js), the same controls take every value of a wider range. No module, since browsers do
// not load modules of a page that was opened from a disk.
{
  const root = document.documentElement.dataset.content_root ?? "../";
  const decimal = /^-?\d+(\.\d+)?$/;
  // Thousands are told apart from 10,000 on.
  const readable = (text) => (/^-?\d{5,}$/.test(text) ? text.replace(/\B(?=(\d{3})+$)/g, ",") : text);

  function start(figure, owned) {
    const { controls, wide, frames } = JSON.parse(figure.querySelector(".explore-frames").textContent);
    const names = Object.keys(controls);
    const fields = names.map((name) => figure.querySelector(`.explore-controls [name="${name}"]`));
    const img = figure.querySelector("img");
    const source = figure.querySelector("source");
    const status = figure.querySelector(".explore-status");
    // The first explorer on a page that has a control of some name owns the plain key.
    const keys = names.map((name) => (owned.has(name) ? `${figure.id}.${name}` : name));
    names.forEach((name) => owned.add(name));
    const narrow = matchMedia(source.media);
    let python = null; // while it is at hand it draws any values, and some ahead
    let held = []; // the values before those that are shown
    let lot = ""; // what "New seed" brings next
    let drawn = ""; // the address of a picture that Python drew, while it is shown
    let wanted = 0;

    const isWide = (i) => python !== null && names[i] in wide;
    const texts = () =>
      fields.map((field, i) =>
        field.type === "range" && !isWide(i) ? controls[names[i]][Number(field.value)] : field.value,
      );
    const indexOf = (i, text) =>
      controls[names[i]].findIndex(
        (value) => value === text || (names[i] in wide && decimal.test(text) && Number(value) === Number(text)),
      );

    function possible(i, text) {
      if (indexOf(i, text) >= 0) return true;
      if (!isWide(i) || !decimal.test(text)) return false;
      const [low, high, step] = wide[names[i]];
      return low <= Number(text) && Number(text) <= high && (step < 1 || Number.isInteger(Number(text)));
    }

    function set(i, text) {
      if (fields[i].type === "range" && !isWide(i)) fields[i].value = indexOf(i, text);
      else fields[i].value = text;
    }

    function label(values) {
      fields.forEach((field, i) => {
        if (field.type !== "range") return;
        field.setAttribute("aria-valuetext", readable(values[i]));
        field.nextElementSibling.value = readable(values[i]);
        const exact = field.parentElement.querySelector("[type=number]");
        if (exact && exact !== document.activeElement) exact.value = values[i];
      });
    }

    // Frames stand in the order of an odometer: the last control turns fastest.
    function frameAt(values) {
      const at = values.map((value, i) => indexOf(i, value));
      if (at.some((index) => index < 0)) return null;
      return frames[at.reduce((number, index, i) => number * controls[names[i]].length + index, 0)];
    }

    async function load(frame) {
      const url = ([file]) => `${root}_explore/${file}`;
      const next = new Image();
      next.src = url(narrow.matches ? frame.narrow : frame.wide);
      await next.decode().catch(() => {
        throw new Error("This picture could not be loaded. Check the connection and move the control again.");
      });
      const [width, height] = frame.wide.slice(1);
      const small = { url: url(frame.narrow), width: frame.narrow[1], height: frame.narrow[2] };
      return { url: url(frame.wide), width, height, small, alt: frame.alt };
    }

    const named = (values) => Object.fromEntries(names.map((name, i) => [name, values[i]]));
    const layout = () => (narrow.matches ? "narrow" : "wide");

    function castLot(i) {
      const [low, high] = wide[names[i]];
      lot = String(low + Math.floor(Math.random() * (high - low + 1)));
    }

    // Whoever has taken a step often takes the same again: where that leads is drawn ahead.
    function prepare(values) {
      const i = values.findIndex((text, at) => text !== held[at]);
      const step = Number(values[i]) - Number(held[i]);
      if (i < 0 || !isWide(i)) return;
      let next = String(Number((Number(values[i]) + step).toPrecision(12)));
      if (names[i] === "seed" && values[i] === lot) {
        castLot(i);
        next = lot;
      }
      const then = values.map((text, at) => (at === i ? next : text));
      if (possible(i, next) && !frameAt(then)) python.prepare(named(then), layout());
    }

    async function show(values, announce) {
      const mine = ++wanted;
      label(values);
      figure.setAttribute("aria-busy", "true");
      const frame = frameAt(values);
      let picture;
      try {
        picture = frame ? await load(frame) : await python.draw(named(values), layout());
      } catch (error) {
        if (mine === wanted) {
          status.className = "explore-status explore-failed";
          status.textContent = error.message;
          figure.removeAttribute("aria-busy");
        }
        return;
      }
      if (mine !== wanted) {
        if (!frame) URL.revokeObjectURL(picture.url);
        return; // a newer value has come meanwhile
      }
      const small = picture.small ?? picture;
      source.srcset = small.url;
      [source.width, source.height] = [small.width, small.height];
      img.src = picture.url;
      [img.width, img.height] = [picture.width, picture.height];
      img.alt = picture.alt;
      if (drawn) URL.revokeObjectURL(drawn);
      drawn = frame ? "" : picture.url;
      status.className = "explore-status";
      status.textContent = announce ? picture.alt : "";
      figure.removeAttribute("aria-busy");
      if (announce) prepare(values);
      held = values;
    }

    function write(change) {
      const query = new URLSearchParams(location.search);
      keys.forEach((key, i) => change(query, key, i));
      const text = query.toString();
      history.replaceState(history.state, "", `${location.pathname}${text && `?${text}`}${location.hash}`);
    }

    function moved() {
      const values = texts();
      write((query, key, i) => query.set(key, values[i]));
      show(values, true);
    }

    function fromAddress() {
      const query = new URLSearchParams(location.search);
      let changed = false;
      names.forEach((name, i) => {
        const text = query.get(`${figure.id}.${name}`) ?? query.get(keys[i]);
        if (text === null || !possible(i, text) || text === texts()[i]) return;
        set(i, text);
        changed = true;
      });
      if (changed) show(texts(), false);
    }

    // A slider for all values has a field beside it: no hand can hit one of a thousand.
    function widen(field, i) {
      const [low, high, step] = wide[names[i]];
      Object.assign(field, { min: low, max: high, step });
      const exact = Object.assign(document.createElement("input"), {
        type: "number",
        min: low,
        max: high,
        step,
        autocomplete: "off",
        ariaLabel: `${field.labels[0].textContent}, from ${readable(`${low}`)} to ${readable(`${high}`)}`,
      });
      exact.addEventListener("input", () => {
        if (!possible(i, exact.value)) return;
        field.value = exact.value;
        moved();
      });
      exact.addEventListener("change", () => {
        exact.value = field.value;
      });
      field.nextElementSibling.hidden = true;
      field.parentElement.append(exact);
      if (controls[names[i]].length > 1) return;
      // There was nothing to move among the book's values.
      field.parentElement.hidden = false;
      field.hidden = true;
      if (names[i] !== "seed") return;
      const button = Object.assign(document.createElement("button"), { type: "button", textContent: "New seed" });
      button.addEventListener("click", () => {
        field.value = lot;
        moved();
      });
      castLot(i);
      field.parentElement.append(button);
    }

    function restore(field, i, text) {
      for (const added of field.parentElement.querySelectorAll("[type=number], button")) added.remove();
      field.nextElementSibling.hidden = false;
      field.parentElement.hidden = controls[names[i]].length === 1;
      Object.assign(field, { min: 0, max: controls[names[i]].length - 1, step: 1 });
      field.value = Math.max(0, indexOf(i, text));
    }

    // Change between the book's values and all values; the state stays, as far as it can.
    function become(drawing) {
      const values = texts();
      const before = fields.map((_, i) => isWide(i));
      python = drawing;
      fields.forEach((field, i) => {
        if (before[i] && !isWide(i)) restore(field, i, values[i]);
        if (!before[i] && isWide(i)) widen(field, i);
        if (isWide(i)) field.value = values[i];
      });
      label(texts());
      if (python) fromAddress();
      else if (drawn) show(texts(), false);
    }

    function reset() {
      names.forEach((name, i) => set(i, controls[name][0]));
      write((query, key, i) => [key, `${figure.id}.${names[i]}`].forEach((one) => query.delete(one)));
      show(texts(), false);
    }

    figure.querySelector(".explore-controls").disabled = false;
    fields.forEach((field) => field.addEventListener("input", moved));
    narrow.addEventListener("change", () => drawn && show(texts(), false));
    held = texts();
    fromAddress();
    return { name: figure.id, figure, wide: Object.keys(wide).length > 0, become, reset };
  }

  const owned = new Set();
  const explorers = [...document.querySelectorAll("[data-explore]")].map((figure) => start(figure, owned));
  const runtime = document.querySelector('meta[name="explore-runtime"]');
  const exercises = document.querySelectorAll(".cell.tag_exercise");
  if (explorers.length + exercises.length && runtime) {
    if (location.protocol === "file:") {
      const sentence = document.createElement("p");
      sentence.className = "explore-live";
      sentence.textContent =
        "Opened from a disk, this page shows the book's values; all others need it to come from a web server.";
      (explorers[0]?.figure ?? exercises[0]).before(sentence);
    } else {
      const url = (name) => new URL(root + name, location.href).href;
      import(url("_static/live.js")).then(({ offer }) => offer(explorers, JSON.parse(runtime.content), url));
    }
  }
}
