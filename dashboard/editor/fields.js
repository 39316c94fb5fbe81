// The fields: a label, what is typed, and a note that helps, or says what is wrong.

/** What all fields have in common; `boxes` are the texts in it, each with the line and cell that its mistakes name. */
class Field {
  constructor(name, { label, hint, optional }, texts) {
    this.name = name;
    this.hint = hint;
    this.texts = texts;
    this.changed = 0; // the version of the draft at which it last changed
    this.marks = [];
    this.note = element("p", { class: "ed-note", id: `ed-note-${name}`, "aria-live": "polite" });
    this.label = element("label", { class: "ed-label" }, label);
    if (optional) this.label.append(" ", element("span", { class: "ed-optional" }, texts.optional));
    this.node = element("div", { class: "ed-field", "data-field": name }, this.label);
  }

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
    if (!mark) return this.note.replaceChildren(...worded(this.hint));
    const where = mark.start === null ? this.whereLine : this.where;
    const place_ = where ? fill(where, { line: mark.line + 1, character: mark.start + 1 }) : "";
    const more = this.marks.length > 1 ? ` ${fill(this.texts.more, { number: this.marks.indexOf(mark) + 1, count: this.marks.length })}` : "";
    this.note.replaceChildren(...worded(place_), ...worded(mark.message), more);
  }
}

/** Texts between backticks are set as code. */
function worded(text) {
  return text.split("`").map((part, index) => (index % 2 ? element("code", {}, part) : part));
}

/** A field of one text. */
class TextField extends Field {
  constructor(name, words, texts, changed) {
    super(name, words, texts);
    this.box = new Box({ single: words.single, formula: Boolean(words.formula), changed: () => changed(this) });
    this.box.input.placeholder = words.placeholder ?? "";
    this.box.input.setAttribute("aria-describedby", this.note.id);
    this.label.htmlFor = this.box.input.id;
    for (const event of ["keyup", "click", "focus"]) this.box.input.addEventListener(event, () => this.say());
    this.node.append(this.box.node, this.note);
    this.where = words.single ? texts.character : texts.lineCharacter;
    this.whereLine = words.single ? "" : texts.line;
    this.node.classList.toggle("ed-many", Boolean(words.formula && !words.single));
    this.node.classList.toggle("ed-brief", !words.hint);
    this.say();
  }

  get value() {
    return this.box.text;
  }

  set value(text) {
    this.box.text = text ?? "";
  }

  spread(marks) {
    this.box.mark(marks, this.note.id);
  }

  cursor() {
    return { line: this.box.line, cell: 0 };
  }
}

/** A field of rows, each of a few short texts. */
class RowsField extends Field {
  constructor(name, words, texts, changed) {
    super(name, words, texts);
    this.words = words;
    this.label.id = `ed-label-${name}`;
    this.told = () => changed(this);
    this.rows = [];
    this.list = element("div", { class: "ed-rows", role: "group", "aria-labelledby": this.label.id });
    this.add = element("button", { class: "ed-add", type: "button" }, `+ ${words.add}`);
    this.add.addEventListener("click", () => {
      this.append(words.cells.map(() => ""));
      this.told();
      this.rows.at(-1).boxes[0].input.focus();
    });
    this.node.append(this.list, element("div", { class: "ed-foot" }, this.note, this.add));
    this.where = texts.character;
    this.whereLine = "";
    this.say();
  }

  get value() {
    return this.rows.map(({ boxes }) => boxes.map((box) => box.text));
  }

  set value(rows) {
    while (this.rows.length > (rows?.length ?? 0)) this.rows.pop().node.remove();
    rows?.forEach((texts, index) => {
      if (!this.rows[index]) return this.append(texts);
      this.rows[index].boxes.forEach((box, cell) => (box.text = texts[cell] ?? ""));
    });
    this.number();
  }

  append(texts) {
    const boxes = this.words.cells.map(() => new Box({ single: true, changed: this.told }));
    boxes.forEach((box, cell) => (box.text = texts[cell] ?? ""));
    const remove = element("button", { class: "ed-remove", type: "button" }, "×");
    const joint = (text) => (text ? [element("span", { class: "ed-joint", "aria-hidden": "true" }, text)] : []);
    const parts = boxes.flatMap((box, cell) => [...joint(this.words.cells[cell].before), box.node]);
    const row = { boxes, remove, node: element("div", { class: `ed-row ed-${this.name}` }, ...parts, remove) };
    remove.addEventListener("click", () => this.remove(row));
    for (const box of boxes) for (const event of ["keyup", "click", "focus"]) box.input.addEventListener(event, () => this.say());
    this.rows.push(row);
    this.list.append(row.node);
    this.number();
  }

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

  spread(marks) {
    this.rows.forEach(({ boxes }, line) =>
      boxes.forEach((box, cell) => {
        const own = marks.filter((mark) => mark.line === line && mark.cell === cell).map((mark) => ({ ...mark, line: 0 }));
        box.mark(own, this.note.id);
      }),
    );
  }

  cursor() {
    const focused = this.node.getRootNode().activeElement;
    for (const [line, { boxes }] of this.rows.entries()) {
      const cell = boxes.findIndex((box) => box.input === focused);
      if (cell >= 0) return { line, cell };
    }
    return null;
  }
}

/** A field of one choice. */
class ChoiceField extends Field {
  constructor(name, words, texts, changed) {
    super(name, words, texts);
    this.select = element("select", { class: "ed-select", id: `ed-input-${name}` });
    this.options = new Map(words.options);
    this.select.append(...words.options.map(([value, label]) => element("option", { value }, label)));
    this.select.setAttribute("aria-describedby", this.note.id);
    this.label.htmlFor = this.select.id;
    this.select.addEventListener("change", () => changed(this));
    this.node.append(this.select, this.note);
    this.say();
  }

  get value() {
    return this.select.value;
  }

  /** A value that is none of the options stays, as it was written, until another is chosen. */
  set value(value) {
    if (!this.options.has(value)) this.select.append(element("option", { value }, value));
    this.options.set(value, value);
    this.select.value = value;
  }

  spread(marks) {
    if (marks.length) this.select.setAttribute("aria-invalid", "true");
    else this.select.removeAttribute("aria-invalid");
  }

  cursor() {
    return null;
  }
}

const KINDS = { text: TextField, rows: RowsField, choice: ChoiceField };
