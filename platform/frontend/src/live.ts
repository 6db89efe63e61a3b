// The page of a submission while it waits and is graded.
//
// The server sends what changed (state, place in the queue, the case at work) as server-sent events. Where a proxy or a
// network swallows the stream, the page asks every two seconds instead. The verdict itself is rendered by the server alone:
// when the run has ended, the finished panel is fetched and takes the place of this one.

import { wireCopy } from "./copy";
import { fetchFragment, replaceChildren } from "./fragment";
import { fill } from "./words";

const POLL_MS = 2_000;
const SILENCE_MS = 12_000;

/** What `labwork.selectors.Status.as_json` says; `position` counts those before, `cases` are pairs of name and status. */
interface Live {
  readonly final: boolean;
  readonly state: string;
  readonly position: number | null;
  readonly progress: {
    readonly index?: number;
    readonly total?: number;
    readonly cases?: readonly (readonly [string, string])[];
  };
}

class Panel {
  private done = false;
  private silence = 0;
  private source: EventSource | null = null;

  constructor(
    private readonly element: HTMLElement,
    private readonly data: DOMStringMap,
  ) {}

  start(): void {
    if (typeof EventSource === "undefined") {
      void this.poll();
      return;
    }
    this.source = new EventSource(this.data.events ?? "");
    this.source.addEventListener("message", (event) => this.hear(event.data));
    this.source.addEventListener("error", () => {
      if (this.source?.readyState === EventSource.CLOSED) this.fallBack();
    });
    this.listen();
  }

  private listen(): void {
    clearTimeout(this.silence);
    this.silence = setTimeout(() => this.fallBack(), SILENCE_MS);
  }

  private hear(text: string): void {
    this.listen();
    try {
      this.show(JSON.parse(text) as Live);
    } catch {
      this.fallBack();
    }
  }

  private fallBack(): void {
    clearTimeout(this.silence);
    this.source?.close();
    this.source = null;
    if (!this.done) void this.poll();
  }

  private async poll(): Promise<void> {
    while (!this.done) {
      try {
        const response = await fetch(this.data.status ?? "", { credentials: "same-origin" });
        if (response.ok) this.show((await response.json()) as Live);
      } catch {
        // the network is away for a moment; the next round asks again
      }
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }

  private show(live: Live): void {
    if (this.done) return;
    if (live.final) {
      void this.finish();
      return;
    }
    this.say(live);
    for (const [name, status] of live.progress.cases ?? []) {
      const row = this.element.querySelector<HTMLElement>(`[data-case="${CSS.escape(name)}"]`);
      if (row) row.dataset.status = status;
    }
    const bar = this.element.querySelector("progress");
    if (bar && live.progress.total) {
      bar.max = live.progress.total;
      bar.value = live.progress.index ?? 0;
    }
  }

  private say(live: Live): void {
    const status = this.element.querySelector<HTMLElement>("[role=status]");
    if (!status) return;
    const { index, total } = live.progress;
    let text = this.data.textQueued ?? "";
    if (live.state === "running") {
      const headline = this.element.querySelector<HTMLElement>("#verdict-title");
      if (headline && this.data.headlineRunning) headline.textContent = this.data.headlineRunning;
      const known = index !== undefined && total !== undefined;
      text = known ? fill(this.data.textCase ?? "", { index: index + 1, total }) : (this.data.textRunning ?? "");
    } else if (live.position) {
      text = fill(this.data.textPosition ?? "", { ahead: live.position });
    }
    if (status.textContent !== text) status.textContent = text;
  }

  private async finish(): Promise<void> {
    this.done = true;
    clearTimeout(this.silence);
    this.source?.close();
    const html = await fetchFragment(this.data.panel ?? "");
    if (html === null) {
      location.reload();
      return;
    }
    replaceChildren(this.element, html);
    wireCopy(this.element);
    this.element.querySelector<HTMLElement>("[data-verdict]")?.focus();
  }
}

const element = document.querySelector<HTMLElement>("[data-live]");
if (element && element.dataset.live === "on") new Panel(element, element.dataset).start();
