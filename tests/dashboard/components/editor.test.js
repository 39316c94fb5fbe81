import assert from "node:assert/strict";
import test from "node:test";
import { offset, parts } from "../../../dashboard/components/editor/box.js";

const wrong = (line, ...spans) => [...parts(line, spans)].map(({ text, wrong }) => (wrong ? `[${text}]` : text)).join("");

test("a character of Python's may be two of the browser's", () => {
  assert.equal(offset("𝑢 = 1", 1), 2);
  assert.equal(offset("u = 1", 1), 1);
});

test("what is wrong is told from the rest, in its order", () => {
  assert.equal(wrong("u_t = v + w", { start: 10, end: 11 }, { start: 6, end: 7 }), "u_t = [v] + [w]");
  assert.equal(wrong("𝑢 + q", { start: 4, end: 5 }), "𝑢 + [q]");
});

test("a whole line is wrong where no characters are named, and an empty one is seen", () => {
  assert.equal(wrong("u = ", { start: null, end: null }), "[u = ]");
  assert.equal(wrong("", { start: null, end: null }), "[ ]");
});

test("what is missing behind the end has a place there", () => {
  assert.equal(wrong("u(0)", { start: 4, end: 4 }), "u(0)[ ]");
});

test("of two that overlap the first is shown", () => {
  assert.equal(wrong("abcdef", { start: 1, end: 4 }, { start: 2, end: 6 }), "a[bcd]ef");
});
