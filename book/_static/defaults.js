// What inline scripts of the theme set before the others run. A site whose policy forbids inline scripts has these
// values all the same, so that its solutions are closed and its colours are there.
{
  const given = {
    toggleHintShow: "Click to show",
    toggleHintHide: "Click to hide",
    toggleOpenOnPrint: "true",
    togglebuttonSelector: ".toggle, .admonition.dropdown",
    DOCUMENTATION_OPTIONS: {
      FILE_SUFFIX: ".html",
      LINK_SUFFIX: ".html",
      HAS_SOURCE: true,
      NAVIGATION_WITH_KEYS: false,
      SHOW_SEARCH_SUMMARY: true,
      ENABLE_SEARCH_SHORTCUTS: true,
    },
  };
  // Where an inline script has declared a name, that one is meant, whatever is set here.
  Object.assign(globalThis, given);
  const { dataset } = document.documentElement;
  dataset.mode ??= "auto";
  dataset.theme ??= matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}
