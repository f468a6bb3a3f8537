// The teaching guide's form: from a JupyterHub's address and a chapter, a link that has nbgitpuller fetch the
// book's repository and open the chapter.
{
  function link(hub, repository, path) {
    const address = new URL(hub);
    const base = `${address.origin}${address.pathname.replace(/\/(hub(\/.*)?)?$/, "")}`;
    const folder = repository.split("/").pop().replace(/\.git$/, "");
    const query = new URLSearchParams({ repo: repository, branch: "main", urlpath: `lab/tree/${folder}/${path}` });
    return `${base}/hub/user-redirect/git-pull?${query}`;
  }

  for (const form of document.querySelectorAll("form.hub")) {
    const [hub, chapter] = [form.querySelector("input"), form.querySelector("select")];
    const said = form.querySelector(".hub-link");
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const href = link(hub.value, form.dataset.repository, chapter.value);
      const made = Object.assign(document.createElement("a"), { href, textContent: href });
      said.replaceChildren("Give your students this link: ", made);
    });
    // A link that no longer says what stands in the form would mislead.
    form.addEventListener("input", () => said.replaceChildren());
  }
}
