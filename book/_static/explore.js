// Brings the explorers of a page to life: native controls choose one of the frames drawn when the book
// was built, and the state stands in the address, so that it can be linked to.

const root = document.documentElement.dataset.content_root ?? "../";

function start(figure, owned) {
  const { controls, frames } = JSON.parse(figure.querySelector(".explore-frames").textContent);
  const names = Object.keys(controls);
  const fields = names.map((name) => figure.querySelector(`.explore-controls [name="${name}"]`));
  const img = figure.querySelector("img");
  const source = figure.querySelector("source");
  const status = figure.querySelector(".explore-status");
  // The first explorer on a page that has a control of some name owns the plain key.
  const keys = names.map((name) => (owned.has(name) ? `${figure.id}.${name}` : name));
  names.forEach((name) => owned.add(name));
  const at = () => fields.map((field) => (field.type === "range" ? Number(field.value) : field.selectedIndex));
  let wanted = 0;

  function label(indices) {
    fields.forEach((field, i) => {
      if (field.type !== "range") return;
      const text = controls[names[i]][indices[i]];
      field.setAttribute("aria-valuetext", text);
      field.nextElementSibling.value = text;
    });
  }

  // Frames stand in the order of an odometer: the last control turns fastest.
  const frameAt = (indices) =>
    frames[indices.reduce((index, value, i) => index * controls[names[i]].length + value, 0)];

  async function show(indices, announce) {
    const mine = ++wanted;
    const frame = frameAt(indices);
    label(indices);
    const url = ([file]) => `${root}_explore/${file}`;
    const narrow = matchMedia(source.media).matches;
    figure.setAttribute("aria-busy", "true");
    try {
      const next = new Image();
      next.src = url(narrow ? frame.narrow : frame.wide);
      await next.decode();
    } catch {
      if (mine === wanted) {
        status.className = "explore-status explore-failed";
        status.textContent = "This picture could not be loaded. Check the connection and move the control again.";
        figure.removeAttribute("aria-busy");
      }
      return;
    }
    if (mine !== wanted) return; // a newer value has come meanwhile
    source.srcset = url(frame.narrow);
    [source.width, source.height] = frame.narrow.slice(1);
    img.src = url(frame.wide);
    [img.width, img.height] = frame.wide.slice(1);
    img.alt = frame.alt;
    status.className = "explore-status";
    status.textContent = announce ? frame.alt : "";
    figure.removeAttribute("aria-busy");
  }

  function moved() {
    const query = new URLSearchParams(location.search);
    const indices = at();
    names.forEach((name, i) => query.set(keys[i], controls[name][indices[i]]));
    history.replaceState(history.state, "", `?${query}${location.hash}`);
    show(indices, true);
  }

  function fromAddress() {
    const query = new URLSearchParams(location.search);
    names.forEach((name, i) => {
      const text = query.get(`${figure.id}.${name}`) ?? query.get(keys[i]);
      const index = controls[name].indexOf(text);
      if (index < 0) return;
      if (fields[i].type === "range") fields[i].value = index;
      else fields[i].selectedIndex = index;
    });
    if (at().some((index) => index > 0)) show(at(), false);
  }

  figure.querySelector(".explore-controls").disabled = false;
  fields.forEach((field) => field.addEventListener("input", moved));
  fromAddress();
}

const owned = new Set();
for (const figure of document.querySelectorAll("[data-explore]")) start(figure, owned);
