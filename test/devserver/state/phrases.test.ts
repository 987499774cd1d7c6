import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { MARK, pack, unpack } from "../../../src/devserver/state/phrases.ts";

describe("pack() and unpack()", () => {
  test("give back any JSON text", () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => {
      const text = JSON.stringify(value);
      assert.equal(unpack(pack(text)), text);
    }));
  });

  test("give back texts made of the phrases and their pieces, whatever joins them", () => {
    const pieces = ['"metadata":{"name":"', '","labels":', '","namespace":"', "\\u0000", '","uid":"', ',"create":', "é", '"', "success", '","started":', "\u{1f600}"];
    fc.assert(fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 20 }), (parts) => {
      const text = parts.join("");
      assert.equal(unpack(pack(text)), text);
    }));
  });

  test("make a job's text less than half as long", () => {
    const text = '"metadata":{"name":"a-sync","namespace":"default","uid":"u","resourceVersion":"1","generation":1,"creationTimestamp":"2026-01-01T00:00:00Z",' +
      '"labels":{"provisioning.grafana.app/repository":"a"}},"spec":{"action":"pull","repository":"a","pull":{"incremental":true}},"status":{"state":"success","started":1}}';
    assert.ok(pack(text).length * 2 < text.length, String(pack(text).length));
  });

  test("keep a mark while it is packed, and take it out again", () => {
    const packed = pack(`"a":${MARK}{"b":1}${MARK}`);
    assert.equal(packed.split(MARK).length, 3);
    assert.equal(unpack(packed), '"a":{"b":1}');
  });
});
