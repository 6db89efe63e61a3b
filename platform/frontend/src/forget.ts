// A stored draft has served its purpose once the server has taken the submission, and not before: the submit page leaves a
// mark when it sends, and the page of the submission, if that is what comes next, redeems it. Looking at an old submission
// touches no draft.

const MARK = "drillyard:sent";

export function markSent(prefix: string): void {
  try {
    sessionStorage.setItem(MARK, prefix);
  } catch {
    // storage is switched off: there is no draft either
  }
}

export function unmarkSent(): void {
  try {
    sessionStorage.removeItem(MARK);
  } catch {
    // as above
  }
}

export function forgetDrafts(): void {
  const prefix = document.querySelector<HTMLElement>("[data-forget-draft]")?.dataset.forgetDraft;
  if (!prefix) return;
  try {
    if (sessionStorage.getItem(MARK) !== prefix) return;
    for (const key of Object.keys(localStorage)) {
      if (key.startsWith(prefix)) localStorage.removeItem(key);
    }
  } catch {
    // as above
  }
  unmarkSent();
}
