// What is typed but not yet submitted, kept in this browser's storage. A full or forbidden storage keeps nothing, silently:
// the editor must not get in the way.

const DELAY_MS = 400;

export class Draft {
  private timer = 0;
  private text: string | null = null;

  constructor(private readonly key: string) {}

  read(): string | null {
    try {
      return localStorage.getItem(this.key);
    } catch {
      return null;
    }
  }

  keep(text: string): void {
    this.text = text;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.flush(), DELAY_MS);
  }

  flush(): void {
    clearTimeout(this.timer);
    if (this.text === null) return;
    try {
      localStorage.setItem(this.key, this.text);
    } catch {
      // quota or privacy mode
    }
  }

  forget(): void {
    clearTimeout(this.timer);
    this.text = null;
    try {
      localStorage.removeItem(this.key);
    } catch {
      // as above
    }
  }
}
