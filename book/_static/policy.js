// What to say where a Content-Security-Policy of the site blocks something, for page and worker.
export function policy(directive, what) {
  return (
    `This site's Content-Security-Policy forbids it (${directive}, ${what}): whoever runs the site finds under ` +
    "“How this page runs” what it has to allow."
  );
}
