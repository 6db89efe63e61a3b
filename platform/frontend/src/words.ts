// The few words that scripts need are translated by the server and handed over as data attributes of <html>.

export function word(name: string): string {
  return document.documentElement.dataset[`word${name.charAt(0).toUpperCase()}${name.slice(1)}`] ?? name;
}

export function fill(template: string, values: Record<string, string | number>): string {
  return template.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}
