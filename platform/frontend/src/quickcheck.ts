// A quick check posts its form. With this script the answer's feedback appears in place; without it, on a page of its own.

import { fetchFragment, replaceChildren } from "./fragment";

async function answer(form: HTMLFormElement, feedback: HTMLElement): Promise<void> {
  form.setAttribute("aria-busy", "true");
  const html = await fetchFragment(form.action, { method: "POST", body: new FormData(form) });
  form.removeAttribute("aria-busy");
  if (html === null) {
    form.submit(); // the long way: the server's own page says what is wrong
    return;
  }
  replaceChildren(feedback, html);
  const right = feedback.querySelector("[data-right]")?.getAttribute("data-right");
  if (right) form.dataset.right = right;
}

export function wireQuickChecks(): void {
  for (const form of document.querySelectorAll<HTMLFormElement>("form[data-quick-check]")) {
    const feedback = form.querySelector<HTMLElement>("[data-feedback]");
    if (!feedback) continue;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void answer(form, feedback);
    });
    form.addEventListener("change", () => {
      feedback.replaceChildren();
      delete form.dataset.right;
    });
  }
}
