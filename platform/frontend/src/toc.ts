// Marks in "On this page" the section that is being read: the last heading above a line in the upper part of the window.

const LINE = 0.12;

export function wireToc(): void {
  const links = new Map<HTMLElement, HTMLAnchorElement>();
  for (const link of document.querySelectorAll<HTMLAnchorElement>(".toc-aside a[href^='#']")) {
    const heading = document.getElementById(decodeURIComponent(link.hash.slice(1)));
    if (heading) links.set(heading, link);
  }
  if (links.size === 0) return;
  let current: HTMLAnchorElement | undefined;
  let asked = false;

  function mark(): void {
    asked = false;
    let next: HTMLAnchorElement | undefined;
    for (const [heading, link] of links) {
      if (heading.getBoundingClientRect().top > innerHeight * LINE) break;
      next = link;
    }
    if (next === current) return;
    current?.removeAttribute("aria-current");
    next?.setAttribute("aria-current", "true");
    current = next;
  }

  function ask(): void {
    if (asked) return;
    asked = true;
    requestAnimationFrame(mark);
  }

  addEventListener("scroll", ask, { passive: true });
  addEventListener("resize", ask, { passive: true });
  mark();
}
