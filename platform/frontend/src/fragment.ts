// Fragments of HTML from our own server. The server escapes what people wrote; nothing else is ever put into a page.

export async function fetchFragment(address: string, options: RequestInit = {}): Promise<string | null> {
  try {
    const headers = { "X-Fragment": "1" };
    const response = await fetch(address, { credentials: "same-origin", ...options, headers });
    const type = response.headers.get("Content-Type") ?? "";
    return response.ok && type.startsWith("text/html") ? await response.text() : null;
  } catch {
    return null;
  }
}

export function replaceChildren(holder: Element, html: string): void {
  const template = document.createElement("template");
  template.innerHTML = html;
  holder.replaceChildren(template.content);
}
