// The theme is a cookie, so that the server renders it and no page flashes. Without this script the button posts a form.

const YEAR_S = 31_536_000;

export function wireTheme(root: HTMLElement): void {
  for (const form of document.querySelectorAll<HTMLFormElement>("form[data-theme-form]")) {
    form.addEventListener("submit", (event) => {
      const theme = event.submitter instanceof HTMLButtonElement ? event.submitter.value : "";
      if (theme !== "auto" && theme !== "light" && theme !== "dark") return;
      event.preventDefault();
      const secure = location.protocol === "https:" ? "; secure" : "";
      // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is not in every browser that we serve.
      document.cookie = `theme=${theme}; path=/; max-age=${YEAR_S}; samesite=lax${secure}`;
      root.dataset.theme = theme;
      // The button that was pressed has given way to the next one; the keyboard stays where it was.
      const buttons = [...form.querySelectorAll("button")];
      buttons.find((button) => button.checkVisibility())?.focus();
    });
  }
}
