// The fields: a label, what is typed, and a note that helps, or says what is wrong.

import { element, fill } from "../shared/words.js";
import { Box } from "./box.js";

/** @typedef {import("./box.js").Mark} Mark */
/** @typedef {string | string[][]} Value what is typed: a text, or a table */
/** @typedef {{ line: number, cell: number }} Place */
/** @typedef {Record<"optional" | "character" | "lineCharacter" | "line" | "more" | "back" | "leaveOut" | "spelled", string>} Texts */

/** @typedef {{ name: string, label: string, hint: string, optional?: boolean }} Named */
/** @typedef {Named & { kind: "text", placeholder: string, single?: boolean, formula?: boolean }} TextWords */
/** @typedef {Named & { kind: "rows", cells: Cell[], add: string, remove: string, most: number }} RowsWords */
/** @typedef {{ before: string, label: string, placeholder: string }} Cell */
/** @typedef {Named & { kind: "choice", options: [value: string, label: string][] }} ChoiceWords */
/** @typedef {TextWords | RowsWords | ChoiceWords} Words what dashboard/editor/form.py sends of a field */

/** @typedef {(field: Field) => void} Changed */
/** @typedef {import("./box.js").Offer} Offer */

/** What all fields have in common. */
export class Field {
  changed = 0; // the version of the draft at which it last changed
  respelled = false; // whether what stands there is another spelling of what was typed
  where = "";
  whereLine = "";
  /** @type {Mark[]} */
  marks = [];

  /**
   * @param {Named} words
   * @param {Texts} texts
   */
  constructor({ name, label, hint, optional }, texts) {
    this.name = name;
    this.hint = hint;
    this.texts = texts;
    this.note = element("p", { class: "ed-note", id: `ed-note-${name}`, "aria-live": "polite" });
    this.offers = element("div", { class: "ed-offers" });
    this.offered = "";
    this.label = element("label", { class: "ed-label" }, label);
    if (optional) this.label.append(" ", element("span", { class: "ed-optional" }, texts.optional));
    this.node = element("div", { class: "ed-field", "data-field": name }, this.label);
  }

  /** @returns {Value} */
  get value() {
    return "";
  }

  /** @param {Value | undefined} _value */
  set value(_value) {}

  /** @param {Mark[]} marks */
  mark(marks) {
    this.marks = marks;
    this.node.classList.toggle("ed-mistaken", marks.length > 0);
    this.spread(marks);
    this.say();
  }

  /** The mistake of the line in which the cursor is, else the first; the hint where there is none. */
  say() {
    const place = this.cursor();
    const mark = this.marks.find(({ line, cell }) => line === place?.line && cell === place?.cell) ?? this.marks[0];
    this.offer(mark);
    if (!mark) return this.note.replaceChildren(...worded(this.respelled ? this.texts.spelled : this.hint));
    const where = mark.start === null ? this.whereLine : this.where;
    const named = fill(where, { line: mark.line + 1, character: (mark.start ?? 0) + 1 });
    const count = this.marks.length;
    const more = count > 1 ? ` ${fill(this.texts.more, { number: this.marks.indexOf(mark) + 1, count })}` : "";
    this.note.replaceChildren(...worded(named), ...worded(mark.message), more);
  }

  /**
   * What mends a mistake with one click. The buttons stay where they are while their offers do: one of them may have the focus.
   *
   * @param {Mark | undefined} mark
   */
  offer(mark) {
    const offered = JSON.stringify(mark ? [mark.line, mark.offers] : []);
    if (offered === this.offered) return;
    this.offered = offered;
    const buttons = (mark?.offers ?? []).map((offer) => {
      const button = element("button", { class: "ed-add", type: "button" }, ...worded(offer.label));
      button.addEventListener("click", () => this.mend(/** @type {Mark} */ (mark), offer));
      return button;
    });
    this.offers.replaceChildren(...buttons);
  }

  /**
   * Do what is offered.
   *
   * @param {Mark} _mark
   * @param {Offer} _offer
   */
  mend(_mark, _offer) {}

  /** Whether one is writing in it. */
  get busy() {
    const root = /** @type {Document | ShadowRoot} */ (this.node.getRootNode());
    return this.node.contains(root.activeElement) && root.activeElement?.tagName === "TEXTAREA";
  }

  /**
   * Another spelling of what was typed, once one has left the field.
   *
   * @param {Value} value
   */
  spell(value) {
    this.value = value;
    this.respelled = true;
    this.say();
  }

  /**
   * Show the mistakes where they are.
   *
   * @param {Mark[]} _marks
   */
  spread(_marks) {}

  /** @returns {Place | null} */
  cursor() {
    return null;
  }
}

/**
 * Texts between backticks are set as code.
 *
 * @param {string} text
 */
export function worded(text) {
  return text.split("`").map((part, index) => (index % 2 ? element("code", {}, part) : part));
}

/** A field of one text. */
export class TextField extends Field {
  /**
   * @param {TextWords} words
   * @param {Texts} texts
   * @param {Changed} changed
   */
  constructor(words, texts, changed) {
    super(words, texts);
    this.box = new Box({ single: words.single, formula: Boolean(words.formula), changed: () => changed(this) });
    this.box.input.placeholder = words.placeholder ?? "";
    this.box.input.setAttribute("aria-describedby", this.note.id);
    this.label.htmlFor = this.box.input.id;
    for (const event of ["keyup", "click", "focus"]) this.box.input.addEventListener(event, () => this.say());
    this.told = () => changed(this);
    this.node.append(this.box.node, this.note, this.offers);
    this.where = words.single ? texts.character : texts.lineCharacter;
    this.whereLine = words.single ? "" : texts.line;
    this.node.classList.toggle("ed-many", Boolean(words.formula && !words.single));
    this.node.classList.toggle("ed-brief", !words.hint);
    this.say();
  }

  /** @returns {Value} */
  get value() {
    return this.box.text;
  }

  set value(text) {
    this.box.text = typeof text === "string" ? text : "";
  }

  /** @param {Mark[]} marks */
  spread(marks) {
    this.box.mark(marks, this.note.id);
  }

  cursor() {
    return { line: this.box.line, cell: 0 };
  }

  /**
   * Write one more line.
   *
   * @param {string} line
   */
  enter(line) {
    this.value = [...this.box.text.split("\n").filter((other) => other.trim()), line].join("\n");
    this.told();
  }

  /**
   * @param {Mark} mark
   * @param {Offer} offer
   */
  mend({ line }, { text, kind, name }) {
    if (name) {
      this.node.dispatchEvent(new CustomEvent("name", { bubbles: true, detail: { kind, name } }));
    } else {
      this.value = this.box.text.split("\n").with(line, text).join("\n");
      this.mark([]);
      this.told();
    }
    this.box.input.focus();
  }
}

/** @typedef {{ boxes: Box[], remove: HTMLButtonElement, node: HTMLElement }} Row */

/** A field of rows, each of a few short texts. */
export class RowsField extends Field {
  /** @type {Row[]} */
  rows = [];

  /**
   * @param {RowsWords} words
   * @param {Texts} texts
   * @param {Changed} changed
   */
  constructor(words, texts, changed) {
    super(words, texts);
    this.words = words;
    this.label.id = `ed-label-${words.name}`;
    this.told = () => changed(this);
    this.list = element("div", { class: "ed-rows", role: "group", "aria-labelledby": this.label.id });
    this.add = element("button", { class: "ed-add", type: "button" }, `+ ${words.add}`);
    this.add.addEventListener("click", () => {
      this.append(words.cells.map(() => ""));
      this.told();
      this.rows.at(-1)?.boxes[0].input.focus();
    });
    this.node.append(this.list, element("div", { class: "ed-foot" }, this.note, this.add));
    this.where = texts.character;
    this.say();
  }

  /** @returns {Value} */
  get value() {
    return this.rows.map(({ boxes }) => boxes.map((box) => box.text));
  }

  set value(rows) {
    const table = Array.isArray(rows) ? rows : [];
    for (const { node } of this.rows.splice(table.length)) node.remove();
    table.forEach((texts, index) => {
      const row = this.rows[index];
      row?.boxes.forEach((box, cell) => {
        box.text = texts[cell] ?? "";
      });
      if (!row) this.append(texts);
    });
    this.number();
  }

  /**
   * One more row, in place of one in which nothing stands yet.
   *
   * @param {string[]} texts
   */
  enter(texts) {
    const blank = this.rows.findIndex(({ boxes }) => boxes.every((box) => !box.text.trim()));
    const rows = /** @type {string[][]} */ (this.value);
    this.value = blank < 0 ? [...rows, texts] : rows.with(blank, texts);
    this.told();
  }

  /** @param {string[]} texts */
  append(texts) {
    const { cells } = this.words;
    const boxes = cells.map(() => new Box({ single: true, changed: this.told }));
    boxes.forEach((box, cell) => {
      box.text = texts[cell] ?? "";
    });
    const remove = element("button", { class: "ed-remove", type: "button" }, "×");
    const joint = (/** @type {string} */ text) => (text ? [element("span", { class: "ed-joint", "aria-hidden": "true" }, text)] : []);
    const nodes = boxes.flatMap((box, cell) => [...joint(cells[cell].before), box.node]);
    const row = { boxes, remove, node: element("div", { class: `ed-row ed-${this.name}` }, ...nodes, remove) };
    remove.addEventListener("click", () => this.remove(row));
    for (const box of boxes) for (const event of ["keyup", "click", "focus"]) box.input.addEventListener(event, () => this.say());
    this.rows.push(row);
    this.list.append(row.node);
    this.number();
  }

  /** @param {Row} row */
  remove(row) {
    const index = this.rows.indexOf(row);
    this.rows.splice(index, 1);
    row.node.remove();
    this.marks = [];
    this.number();
    (this.rows[Math.min(index, this.rows.length - 1)]?.boxes[0].input ?? this.add).focus();
    this.told();
  }

  /** Name each cell for those who do not see it, by its row. */
  number() {
    this.rows.forEach(({ boxes, remove }, index) => {
      boxes.forEach((box, cell) => {
        box.input.setAttribute("aria-label", fill(this.words.cells[cell].label, { number: index + 1 }));
        box.input.placeholder = this.words.cells[cell].placeholder;
      });
      const label = fill(this.words.remove, { number: index + 1 });
      remove.setAttribute("aria-label", label);
      remove.title = label;
    });
    this.add.disabled = this.rows.length >= this.words.most;
  }

  /** @param {Mark[]} marks */
  spread(marks) {
    this.rows.forEach(({ boxes }, line) => {
      boxes.forEach((box, cell) => {
        const own = marks.filter((mark) => mark.line === line && mark.cell === cell).map((mark) => ({ ...mark, line: 0 }));
        box.mark(own, this.note.id);
      });
    });
  }

  cursor() {
    const root = /** @type {Document | ShadowRoot} */ (this.node.getRootNode());
    for (const [line, { boxes }] of this.rows.entries()) {
      const cell = boxes.findIndex((box) => box.input === root.activeElement);
      if (cell >= 0) return { line, cell };
    }
    return null;
  }
}

/** A field of one choice. */
class ChoiceField extends Field {
  /**
   * @param {ChoiceWords} words
   * @param {Texts} texts
   * @param {Changed} changed
   */
  constructor(words, texts, changed) {
    super(words, texts);
    this.select = element("select", { class: "ed-select", id: `ed-input-${words.name}` });
    this.options = new Set(words.options.map(([value]) => value));
    this.select.append(...words.options.map(([value, label]) => element("option", { value }, label)));
    this.select.setAttribute("aria-describedby", this.note.id);
    this.label.htmlFor = this.select.id;
    this.select.addEventListener("change", () => changed(this));
    this.node.append(this.select, this.note);
    this.say();
  }

  /** @returns {Value} */
  get value() {
    return this.select.value;
  }

  /** A value that is none of the options stays, as it was written, until another is chosen. */
  set value(value) {
    const text = String(value);
    if (!this.options.has(text)) this.select.append(element("option", { value: text }, text));
    this.options.add(text);
    this.select.value = text;
  }

  /** @param {Mark[]} marks */
  spread(marks) {
    if (marks.length) this.select.setAttribute("aria-invalid", "true");
    else this.select.removeAttribute("aria-invalid");
  }
}

/**
 * The field that is described.
 *
 * @param {Words} words
 * @param {Texts} texts
 * @param {Changed} changed
 */
export function field(words, texts, changed) {
  if (words.kind === "rows") return new RowsField(words, texts, changed);
  return words.kind === "choice" ? new ChoiceField(words, texts, changed) : new TextField(words, texts, changed);
}
