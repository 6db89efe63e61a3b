// Copy buttons: made for code blocks, revealed where the server has already put one.

import { word } from "./words";

const SHOWN_MS = 1_600;

async function copy(button: HTMLButtonElement, text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    return; // no permission: the text can still be selected by hand
  }
  button.dataset.copied = "";
  const label = button.textContent;
  button.textContent = word("copied");
  setTimeout(() => {
    delete button.dataset.copied;
    button.textContent = label;
  }, SHOWN_MS);
}

function textOf(element: Element): string {
  return (element.textContent ?? "").replace(/\n+$/, "");
}

export function wireCopy(scope: ParentNode): void {
  if (!navigator.clipboard) return;
  for (const block of scope.querySelectorAll<HTMLElement>("div.highlight")) {
    const code = block.querySelector("pre");
    if (!code || block.querySelector(".copy")) continue;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "copy";
    button.textContent = word("copy");
    button.addEventListener("click", () => void copy(button, textOf(code)));
    block.append(button);
  }
  for (const button of scope.querySelectorAll<HTMLButtonElement>("button[data-copy]")) {
    if (!button.hidden) continue;
    const source = document.getElementById(button.dataset.copy ?? "");
    if (!source) continue;
    button.hidden = false;
    button.addEventListener("click", () => void copy(button, textOf(source)));
  }
}
