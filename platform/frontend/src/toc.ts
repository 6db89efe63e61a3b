// Marks in "On this page" the section that is being read.

export function wireToc(): void {
  const links = new Map<string, HTMLAnchorElement>();
  for (const link of document.querySelectorAll<HTMLAnchorElement>(".toc-aside a[href^='#']")) {
    links.set(decodeURIComponent(link.hash.slice(1)), link);
  }
  if (links.size === 0 || !("IntersectionObserver" in window)) return;
  const seen = new Set<string>();
  const order = [...links.keys()];
  let current = "";
  const observer = new IntersectionObserver(
    (entries) => {
      for (const entry of entries) {
        if (entry.isIntersecting) seen.add(entry.target.id);
        else seen.delete(entry.target.id);
      }
      const next = order.find((id) => seen.has(id)) ?? current;
      if (next === current) return;
      links.get(current)?.removeAttribute("aria-current");
      links.get(next)?.setAttribute("aria-current", "true");
      current = next;
    },
    { rootMargin: "-10% 0px -70% 0px" },
  );
  for (const id of order) {
    const heading = document.getElementById(id);
    if (heading) observer.observe(heading);
  }
}
