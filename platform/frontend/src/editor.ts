// The submit page: every textarea of the form becomes an editor, a chosen file is read into it, and what is typed is kept
// in this browser until the server has it. Without this script the textareas and the file field work as they are.

import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { python } from "@codemirror/lang-python";
import { bracketMatching, indentOnInput, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { highlightSelectionMatches, searchKeymap } from "@codemirror/search";
import { EditorState, type Extension } from "@codemirror/state";
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  highlightSpecialChars,
  keymap,
  lineNumbers,
} from "@codemirror/view";
import { Draft } from "./draft";
import { editorTheme, highlighting } from "./editortheme";
import { markSent, unmarkSent } from "./forget";

interface Field {
  readonly textarea: HTMLTextAreaElement;
  readonly view: EditorView;
  readonly draft: Draft;
}

function extensions(form: HTMLFormElement, textarea: HTMLTextAreaElement, changed: (text: string) => void): Extension {
  const phrases = JSON.parse(form.dataset.phrases ?? "{}") as Record<string, string>;
  return [
    EditorView.cspNonce.of(form.dataset.nonce ?? ""),
    EditorState.phrases.of(phrases),
    EditorState.tabSize.of(4),
    indentUnit.of("    "),
    lineNumbers(),
    highlightActiveLineGutter(),
    highlightSpecialChars(),
    history(),
    drawSelection(),
    indentOnInput(),
    bracketMatching(),
    closeBrackets(),
    autocompletion(),
    highlightActiveLine(),
    highlightSelectionMatches(),
    keymap.of([
      ...closeBracketsKeymap,
      ...defaultKeymap,
      ...searchKeymap,
      ...historyKeymap,
      ...completionKeymap,
      indentWithTab, // Escape and then Tab leaves the editor; the page says so
    ]),
    python(),
    syntaxHighlighting(highlighting),
    editorTheme,
    EditorView.contentAttributes.of({
      tabindex: "0",
      "aria-labelledby": textarea.dataset.label ?? "",
      "aria-describedby": textarea.dataset.hint ?? "",
    }),
    EditorView.updateListener.of((update) => {
      if (update.docChanged) changed(update.state.doc.toString());
    }),
  ];
}

function replace(view: EditorView, text: string): void {
  view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } });
}

function enhance(form: HTMLFormElement, textarea: HTMLTextAreaElement): Field {
  const draft = new Draft(`${form.dataset.draft ?? ""}${textarea.dataset.file ?? ""}`);
  const view = new EditorView({
    doc: textarea.value,
    extensions: extensions(form, textarea, (text) => draft.keep(text)),
  });
  textarea.hidden = true;
  textarea.after(view.dom);
  return { textarea, view, draft };
}

function offerDraft(field: Field): void {
  const notice = field.textarea.closest("[data-file-field]")?.querySelector<HTMLElement>("[data-draft-notice]");
  const kept = field.draft.read();
  if (!notice || kept === null || kept === field.textarea.value) return;
  const original = field.textarea.value;
  replace(field.view, kept);
  notice.hidden = false;
  notice.querySelector("button")?.addEventListener("click", () => {
    replace(field.view, original);
    field.draft.forget();
    notice.hidden = true;
    field.view.focus();
  });
}

function takeFiles(input: HTMLInputElement, fields: readonly Field[]): void {
  for (const file of input.files ?? []) {
    const field = fields.length === 1 ? fields[0] : fields.find((one) => one.textarea.dataset.file === file.name);
    if (!field) continue;
    void file.text().then((text) => replace(field.view, text.replaceAll("\r\n", "\n")));
  }
  input.value = ""; // the text is in the editor now and is what will be sent
}

const form = document.querySelector<HTMLFormElement>("form[data-editor]");
if (form) {
  const areas = [...form.querySelectorAll<HTMLTextAreaElement>("textarea[data-file]")];
  const fields = areas.map((textarea) => enhance(form, textarea));
  unmarkSent(); // what was sent last came back with an error, or is long done
  fields.forEach(offerDraft);
  for (const input of form.querySelectorAll<HTMLInputElement>("input[type=file]")) {
    input.addEventListener("change", () => takeFiles(input, fields));
  }
  form.addEventListener("submit", () => {
    for (const field of fields) {
      field.textarea.value = field.view.state.doc.toString();
      field.draft.flush();
    }
    markSent(form.dataset.draft ?? "");
  });
}
