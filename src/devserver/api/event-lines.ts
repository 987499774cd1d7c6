// What a watch says of objects and changes: one line each, in the form that was asked for, as its selectors see them.

import type { Entry } from "../state/entry.ts";
import type { Change } from "../state/store.ts";
import type { BookmarkMetadata, Form } from "./plain-form.ts";
import type { Selection } from "./selectors.ts";

/** The lines of one watch. Undefined stands for none: what is not selected is not spoken of. */
export class EventLines {
  readonly #form: Form;
  readonly #selects: Selection["selects"];
  /** Until the first line is made. */
  #first = true;

  constructor(form: Form, selects: Selection["selects"]) {
    this.#form = form;
    this.#selects = selects;
  }

  /** An object that is there. */
  present(entry: Entry): string | undefined {
    return this.#selects === undefined || this.#selects(entry) ? this.#line("ADDED", this.#form.event(entry, this.#first)) : undefined;
  }

  /** `texts` are the lines that others have made of the same change. */
  changed(change: Change, texts = new Map<string, string>()): string | undefined {
    const type = seenType(change, this.#selects);
    if (type === undefined) return undefined;
    const key = `${type} ${this.#first} ${this.#form.key}`;
    const line = texts.get(key) ?? this.#line(type, this.#form.event(type === "DELETED" ? departed(change) : change.entry, this.#first));
    texts.set(key, line);
    this.#first = false;
    return line;
  }

  bookmark(metadata: BookmarkMetadata): string {
    return this.#line("BOOKMARK", this.#form.bookmark(metadata, this.#first));
  }

  #line(type: string, object: string): string {
    this.#first = false;
    return `{"type":"${type}","object":${object}}\n`;
  }
}

/** What a change is to a reader who sees only selected objects. */
function seenType(change: Change, selects: Selection["selects"]): Change["type"] | undefined {
  if (selects === undefined) return change.type;
  const before = change.previous !== undefined && selects(change.previous);
  const after = change.type !== "DELETED" && selects(change.entry);
  if (after) return before ? "MODIFIED" : "ADDED";
  return before ? "DELETED" : undefined;
}

/** What is deleted, or leaves a selection, is told as it was before, under the version of the change. */
function departed({ entry, previous }: Change): Entry {
  return previous?.at(entry) ?? entry;
}
