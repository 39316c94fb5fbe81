import assert from "node:assert/strict";
import test from "node:test";
import { judge } from "../../../dashboard/components/stage/numbers.js";

test("the verdict is by the largest relative error, and never good where there is none", () => {
  assert.equal(judge("done", 0.01, false), "learned");
  assert.equal(judge("done", 0.1, false), "roughly");
  assert.equal(judge("done", 0.76, false), "failed");
  assert.equal(judge("done", Number.NaN, false), "failed");
  assert.equal(judge("done", null, true), "unknown");
  assert.equal(judge("done", null, false), null);
  assert.equal(judge("stopped", 0.76, false), "stopped");
  assert.equal(judge("diverged", 0.001, false), "diverged");
  assert.equal(judge(null, 0.001, false), null);
});
