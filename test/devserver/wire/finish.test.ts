import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { gunzipSync } from "node:zlib";
import { compressed, indented } from "../../../src/devserver/wire/finish.ts";

const LARGE = { status: 200, body: `{"a":"${"x".repeat(131_072)}"}`, headers: { "content-type": "application/json" } };

describe("compressed()", () => {
  for (const accepted of ["gzip", "gzip, deflate", "br,gzip"]) {
    test(`compresses a large answer for ${accepted}`, async () => {
      const { status, body, headers } = await compressed(accepted, LARGE);
      assert.deepEqual([status, headers], [200, {
        "content-type": "application/json",
        "content-encoding": "gzip",
        vary: "Accept-Encoding",
      }]);
      assert.equal(gunzipSync(body).toString(), LARGE.body);
    });
  }

  for (const other of [undefined, "", "GZIP", "*", "deflate", "gzip;q=0", "gzip;q=1"]) {
    test(`leaves it as it is for ${other ?? "nothing"}`, async () => assert.equal(await compressed(other, LARGE), LARGE));
  }

  test("leaves an answer of 128 KiB as it is", async () => {
    const answer = { status: 200, body: "x".repeat(131_072) };
    assert.equal(await compressed("gzip", answer), answer);
    assert.notEqual(await compressed("gzip", { ...answer, body: `${answer.body}x` }), answer);
  });
});

describe("indented()", () => {
  const lines = (query: string, agent: string, body = `{"a":{"b":1}}`) => {
    const header = (name: string) => (name === "user-agent" ? agent : undefined);
    return indented({ query: new URLSearchParams(query), header }, { status: 200, body }).body.split("\n").length;
  };

  test("indents for who asks, and for curl, wget and browsers", () => {
    for (const query of ["pretty=true", "pretty=1"]) assert.equal(lines(query, "kubectl/1.37"), 5);
    for (const agent of ["curl/8.5", "Wget/1.21", "Mozilla/5.0 (X11)"]) assert.equal(lines("", agent), 5, agent);
    assert.equal(lines("pretty", "curl/8.5"), 5);
  });

  test("does not for others, for who refuses, and what is no JSON", () => {
    for (const agent of ["", "kubectl/1.37"]) assert.equal(lines("", agent), 1);
    for (const query of ["pretty=false", "pretty=0"]) assert.equal(lines(query, "curl/8.5"), 1);
    for (const body of ["", "ok", "{broken"]) assert.equal(lines("pretty=1", "", body), 1, body);
  });
});
