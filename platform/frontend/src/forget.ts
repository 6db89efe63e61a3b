// A stored draft has served its purpose once the server has taken the submission.

export function forgetDrafts(): void {
  const prefix = document.querySelector<HTMLElement>("[data-forget-draft]")?.dataset.forgetDraft;
  if (!prefix) return;
  try {
    for (const key of Object.keys(localStorage)) {
      if (key.startsWith(prefix)) localStorage.removeItem(key);
    }
  } catch {
    // storage is switched off: there was no draft either
  }
}
