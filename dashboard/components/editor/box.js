// A text that is typed, with its mistakes underlined.

import { element } from "../shared/words.js";

/**
 * A mistake, as dashboard/editor/form.py sends it. `line` counts a text's lines or a field's rows, `cell` the cells of a row; `start` to `end` are
 * the wrong characters, all where they are null.
 *
 * @typedef {object} Mark
 * @property {string} field
 * @property {number} line
 * @property {number} cell
 * @property {number | null} start
 * @property {number | null} end
 * @property {string} key
 * @property {string} message
 * @property {Offer[]} offers
 */
/** @typedef {{ label: string, text: string, kind: string, name: string }} Offer a line's new text, or the name of what is to be added */
/** @typedef {Pick<Mark, "start" | "end">} Span */

let boxes = 0;

/**
 * Where characters begin in a text, as the browser counts: Python counts a sign beyond the first 65,536 as one character, JavaScript as two.
 *
 * @param {string} text
 * @param {number} character
 */
export function offset(text, character) {
  return Array.from(text).slice(0, character).join("").length;
}

/**
 * A line as parts, each wrong or not; what lies behind the line's end is a space there.
 *
 * @param {string} line
 * @param {Span[]} spans
 * @returns {Generator<{ text: string, wrong: boolean }>}
 */
export function* parts(line, spans) {
  let done = 0;
  for (const { start, end } of [...spans].sort((a, b) => (a.start ?? 0) - (b.start ?? 0))) {
    const from = start === null ? 0 : offset(line, start);
    const to = end === null ? Math.max(line.length, 1) : Math.max(offset(line, end), from + 1);
    if (from < done) continue;
    if (from > done) yield { text: line.slice(done, from), wrong: false };
    yield { text: line.slice(from, to).padEnd(Math.min(to - from, 1), " "), wrong: true };
    done = to;
  }
  if (done < line.length) yield { text: line.slice(done), wrong: false };
}

/** A textarea as high as its text, over a layer that holds the same text, invisible, and the underlines. */
export class Box {
  /** @type {Mark[]} */
  marks = [];

  /**
   * @param {object} kind
   * @param {boolean} [kind.single] whether the text has one line
   * @param {boolean} [kind.formula] whether it is set in the font of code
   * @param {() => void} kind.changed called at every input
   */
  constructor({ single = false, formula = true, changed }) {
    boxes += 1;
    this.layer = element("div", { class: "ed-layer", "aria-hidden": "true" });
    this.input = element("textarea", { class: "ed-input", id: `ed-input-${boxes}`, rows: 1 });
    if (formula) for (const name of ["autocapitalize", "autocomplete", "autocorrect"]) this.input.setAttribute(name, "off");
    this.input.spellcheck = !formula;
    this.node = element("div", { class: `ed-box${formula ? " ed-formula" : ""}` }, this.layer, this.input);
    this.input.addEventListener("input", () => {
      if (single && /[\r\n]/.test(this.input.value)) this.input.value = this.input.value.replace(/\s*[\r\n]+\s*/g, " ");
      this.paint();
      changed();
    });
    this.input.addEventListener("keydown", (event) => {
      if (single && event.key === "Enter" && !event.isComposing) event.preventDefault();
    });
    this.paint();
  }

  get text() {
    return this.input.value;
  }

  /** Another text from elsewhere; the one that is there already is left alone, with the cursor in it. */
  set text(text) {
    if (this.input.value !== text) this.input.value = text;
    this.marks = [];
    this.paint();
  }

  /**
   * Underline mistakes.
   *
   * @param {Mark[]} marks
   * @param {string} described the id of the note that words them
   */
  mark(marks, described) {
    this.marks = marks;
    if (marks.length) this.input.setAttribute("aria-invalid", "true");
    else this.input.removeAttribute("aria-invalid");
    this.input.setAttribute("aria-describedby", described);
    this.paint();
  }

  /** The line that the cursor is in, counted from 0. */
  get line() {
    return this.text.slice(0, this.input.selectionStart ?? 0).split("\n").length - 1;
  }

  paint() {
    const painted = this.text.split("\n").flatMap((line, number) => {
      const own = this.marks.filter((mark) => mark.line === number);
      const nodes = Array.from(parts(line, own), ({ text, wrong }) => (wrong ? element("span", { class: "ed-wrong" }, text) : text));
      return [...nodes, "\n"];
    });
    this.layer.replaceChildren(...painted);
  }
}
