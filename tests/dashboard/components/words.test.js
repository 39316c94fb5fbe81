import assert from "node:assert/strict";
import test from "node:test";
import { brief, duration, fill, whole } from "../../../dashboard/components/shared/words.js";

test("a number has two digits, and a minus that is one", () => {
  const shown = { 0: "0.0", 0.0344: "0.034", 120.4: "120", "-3": "−3.0", 1.23e-6: "1.2e−6", "-5e7": "−5.0e7" };
  for (const [number, text] of Object.entries(shown)) assert.equal(brief(Number(number), "en"), text);
});

test("what is no number is a dash", () => {
  for (const value of [null, undefined, Number.NaN, Number.POSITIVE_INFINITY]) assert.equal(brief(value, "en"), "–");
});

test("whole numbers are grouped as the language does", () => {
  assert.equal(whole(1234567.8, "en"), "1,234,568");
  assert.equal(whole(1234567.8, "de"), "1.234.568");
});

test("a time is given in seconds, then in minutes", () => {
  const texts = { seconds: "{seconds} s", minutes: "{minutes} min {seconds} s" };
  const shown = [0.04, 9.94, 12.6, 59.4, 61, 3600].map((seconds) => duration(seconds, texts));
  assert.deepEqual(shown, ["0.0 s", "9.9 s", "13 s", "59 s", "1 min 1 s", "60 min 0 s"]);
});

test("a pattern takes each value at each of its places, as it is", () => {
  assert.equal(fill("{a} of {b}, {a}", { a: "$&", b: 2 }), "$& of 2, $&");
});
