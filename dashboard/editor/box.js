// A text that is typed, with its mistakes underlined.

let boxes = 0;

/** Where characters begin in a text, as the browser counts: Python counts a sign beyond the first 65,536 as one character, JavaScript as two. */
function offset(text, character) {
  return Array.from(text).slice(0, character).join("").length;
}

/**
 * A textarea as high as its text, over a layer that holds the same text, invisible, and the underlines.
 *
 * `single` texts have one line, `formula` ones are set in the font of code. `changed` is called at every input.
 */
class Box {
  constructor({ single = false, formula = true, changed }) {
    this.single = single;
    this.marks = [];
    this.layer = element("div", { class: "ed-layer", "aria-hidden": "true" });
    this.input = element("textarea", { class: "ed-input", id: `ed-input-${++boxes}`, rows: 1 });
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

  /** Underline these mistakes; `described` is the id of the note that words them. */
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
    const lines = this.text.split("\n");
    const parts = lines.flatMap((line, number) => [...this.painted(line, this.marks.filter((mark) => mark.line === number)), "\n"]);
    this.layer.replaceChildren(...parts);
  }

  /** A line as texts and underlined spans; one that lies behind the line's end underlines a space there. */
  *painted(line, marks) {
    let done = 0;
    for (const { start, end } of [...marks].sort((a, b) => (a.start ?? 0) - (b.start ?? 0))) {
      const from = start === null ? 0 : offset(line, start);
      const to = end === null ? Math.max(line.length, 1) : Math.max(offset(line, end), from + 1);
      if (from < done) continue;
      if (from > done) yield line.slice(done, from);
      yield element("span", { class: "ed-wrong" }, line.slice(from, to).padEnd(Math.min(to - from, 1), " "));
      done = to;
    }
    if (done < line.length) yield line.slice(done);
  }
}
