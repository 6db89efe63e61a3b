// Reading pages are the same for everybody. What concerns the reader (name, sign-out) comes by a second request.

import { fetchFragment, replaceChildren } from "./fragment";

export async function loadMe(): Promise<void> {
  const holder = document.querySelector<HTMLElement>("[data-me]");
  const address = holder?.dataset.me;
  if (!holder || !address) return;
  const next = location.pathname;
  const html = await fetchFragment(`${address}?next=${encodeURIComponent(next)}`);
  if (html !== null) replaceChildren(holder, html);
}
