// The editor's form. It holds the draft: the page is told of it shortly after each change, and answers with the mistakes.
//
// Nothing that the page sends ever changes a text, but a problem that is opened on purpose: it comes with a token of its own, and what was here
// before can be brought back. Each draft that is sent has a version; an answer marks the fields that have not changed since that version.

import { mount } from "../shared/mount.js";
import { element, fill } from "../shared/words.js";
import { field, RowsField, TextField, worded } from "./fields.js";
import * as keeping from "./keeping.js";

const PAUSE = 250; // milliseconds without a change, after which the page is told

/** @typedef {import("./box.js").Mark} Mark */
/** @typedef {import("./fields.js").Field} Field */
/** @typedef {import("./fields.js").Value} Value */
/** @typedef {import("./keeping.js").Kept} Kept */

/**
 * What dashboard/editor/form.py sends.
 *
 * @typedef {object} Data
 * @property {import("./fields.js").Words[]} fields
 * @property {import("./fields.js").Texts} texts
 * @property {Opening} opening
 * @property {Answer | null} answer
 * @property {File | null} file
 * @property {string} locale
 */
/** @typedef {{ token: string, draft: import("./keeping.js").Draft, saved: string | null, weak?: boolean }} Opening weak: if nothing is kept */
/** @typedef {{ token: string, version: number, saved: string | null, marks: Mark[], spelled: Record<string, Value> }} Answer */
/** @typedef {{ token: string, name: string, text: string }} File to be saved by the browser */

class Form {
  fresh = true;
  ended = false;
  version = 0;
  token = "";
  /** @type {string | undefined} */
  opened;
  /** @type {string | null} */
  saved = null;
  touched = false;
  /** @type {import("./keeping.js").Table} */
  rest = {};
  /** @type {Record<string, import("./keeping.js").Table>} */
  recipe = {};
  /** @type {string | undefined} */
  downloaded;
  /** @type {number | undefined} */
  waiting;
  /** @type {(state: Kept) => void} */
  send = () => {};

  /**
   * @param {Element} parent
   * @param {Data} data
   */
  constructor(parent, data) {
    this.data = data;
    /** @type {Map<string, Field>} */
    this.fields = new Map(data.fields.map((words) => [words.name, field(words, data.texts, (changed) => this.changed(changed))]));
    this.whole = element("div", { class: "ed-whole", "aria-live": "polite" });
    this.back = element("button", { class: "ed-back", type: "button", hidden: "" }, data.texts.back);
    this.back.addEventListener("click", () => this.bringBack());
    this.root = element("div", { class: "ed-form" }, ...[...this.fields.values()].map(({ node }) => node), this.whole, this.back);
    this.root.lang = data.locale;
    this.root.addEventListener("focusout", () => this.left());
    this.root.addEventListener("name", (event) => this.addName(/** @type {CustomEvent<{ kind: string, name: string }>} */ (event).detail));
    this.leaving = () => this.keep();
    window.addEventListener("pagehide", this.leaving);
    parent.append(this.root);
  }

  /**
   * @param {Data} data
   * @param {import("../shared/mount.js").Component<Data>} component
   */
  update(data, { setStateValue }) {
    const { fresh } = this;
    this.fresh = false;
    this.data = data;
    this.send = (state) => setStateValue("draft", state);
    if (fresh) this.begin(data.opening);
    else if (!data.opening.weak && data.opening.token !== this.opened) this.open(data.opening);
    if (data.answer?.token === this.token) this.take(data.answer);
    if (data.file && data.file.token !== this.downloaded) this.download(data.file);
  }

  /** @param {File} file */
  download({ token, name, text }) {
    this.downloaded = token;
    const address = URL.createObjectURL(new Blob([text], { type: "application/toml" }));
    element("a", { href: address, download: name }).click();
    setTimeout(() => URL.revokeObjectURL(address), 10_000);
  }

  end() {
    this.ended = true;
    this.flush();
    clearTimeout(this.waiting);
    window.removeEventListener("pagehide", this.leaving);
    this.root.remove();
  }

  /**
   * The draft that was kept, unless the page asks for another on purpose.
   *
   * @param {Opening} opening
   */
  begin(opening) {
    const kept = keeping.read();
    if (kept) this.set(kept);
    if (!kept || (!opening.weak && opening.token !== kept.opened)) this.open(opening);
    else this.tell();
    this.back.hidden = !keeping.before();
  }

  /**
   * A problem that the visitor has chosen to open, in place of what was here.
   *
   * @param {Opening} opening
   */
  open({ token, draft, saved }) {
    if (this.touched) keeping.setBefore(this.state());
    this.back.hidden = !keeping.before();
    this.set({ token, opened: token, saved, draft, touched: false });
    this.tell();
  }

  bringBack() {
    const before = keeping.before();
    if (!before) return;
    keeping.setBefore(this.touched ? this.state() : null);
    this.set({ ...before, opened: this.opened });
    this.back.hidden = !keeping.before();
    this.tell();
  }

  /** @param {Kept} kept */
  set({ token, opened, saved, draft, touched, version }) {
    clearTimeout(this.waiting);
    this.waiting = undefined;
    this.version = Math.max(this.version, version ?? 0);
    this.token = token;
    this.opened = opened;
    this.saved = saved ?? null;
    this.touched = Boolean(touched);
    this.rest = draft.rest ?? {};
    this.recipe = draft.recipe ?? {};
    for (const [name, own] of this.fields) {
      own.value = /** @type {Value} */ (draft[name]);
      own.changed = this.version + 1;
      own.respelled = false;
      own.mark([]);
    }
    this.whole.replaceChildren();
  }

  /** @returns {Kept} */
  state() {
    const draft = Object.fromEntries([...this.fields].map(([name, { value }]) => [name, value]));
    const { version, token, opened, saved, touched, rest, recipe } = this;
    return { version, token, opened, saved, touched, draft: { ...draft, rest, recipe } };
  }

  keep() {
    keeping.write(this.state());
  }

  /** @param {Field} changed */
  changed(changed) {
    changed.changed = this.version + 1;
    changed.respelled = false;
    this.touched = true;
    this.keep();
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => this.tell(), PAUSE);
  }

  /** A field has been left: the page is told, or, where it has answered already, what it said of the spelling is done. */
  left() {
    this.flush();
    setTimeout(() => this.spell());
  }

  /**
   * A name that an equation has is a parameter from now on, or a constant to be found.
   *
   * @param {{ kind: string, name: string }} given
   */
  addName({ kind, name }) {
    const [rows, lines] = [this.fields.get("parameters"), this.fields.get("estimate")];
    if (kind === "parameter" && rows instanceof RowsField) rows.enter([name, "1", "", ""]);
    if (kind === "estimate" && lines instanceof TextField) lines.enter(`${name} = 1`);
  }

  /** Spell what one has left in the notation, unless it has changed since the page saw it. */
  spell() {
    const { answer } = this.data;
    if (answer?.token !== this.token || this.ended) return;
    const fields = Object.entries(answer.spelled).map(([name, value]) => ({ own: this.fields.get(name), value }));
    const due = fields.filter(({ own }) => own && !own.busy && own.changed <= answer.version);
    if (!due.length) return;
    for (const { own, value } of due) {
      own?.spell(value);
      if (own) own.changed = this.version + 1;
    }
    this.touched = true;
    this.tell();
  }

  /** Tell the page at once of what it does not know yet: a button outside may be what takes the focus. */
  flush() {
    if (this.waiting) this.tell();
  }

  tell() {
    clearTimeout(this.waiting);
    this.waiting = undefined;
    this.version += 1;
    this.keep();
    this.send(this.state());
  }

  /**
   * The page's answer to a version of the draft: its mistakes, and under which id it is saved.
   *
   * @param {Answer} answer
   */
  take({ version, marks, saved }) {
    for (const [name, own] of this.fields) {
      if (own.changed <= version) own.mark(marks.filter((mark) => mark.field === name));
    }
    this.spell();
    const whole = marks.filter((mark) => !mark.field);
    this.whole.replaceChildren(...whole.map((mark) => this.worded(mark)));
    if (saved !== undefined && saved !== this.saved) {
      this.saved = saved;
      this.touched = this.touched && version !== this.version;
      this.keep();
    }
  }

  /**
   * A mistake of the problem as a whole; what has no field can be left out here.
   *
   * @param {Mark} mark
   */
  worded({ key, message }) {
    const node = element("p", { class: "ed-note" }, ...worded(message), " ");
    const name = key.split(".").at(-1) ?? "";
    const holder = [this.rest, ...Object.values(this.recipe)].find((table) => name in table);
    if (holder) {
      const button = element("button", { class: "ed-add", type: "button" }, fill(this.data.texts.leaveOut, { key }));
      button.addEventListener("click", () => {
        delete holder[name];
        this.touched = true;
        this.tell();
      });
      node.append(button);
    }
    return node;
  }
}

export default mount(Form);
