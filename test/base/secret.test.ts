import { Buffer } from "node:buffer";
import { describe, test } from "node:test";
import assert from "node:assert/strict";
import { Console } from "node:console";
import { Writable } from "node:stream";
import { inspect } from "node:util";
import { Redactor, Secret } from "../../src/base/secret.ts";

const CANARY = "canary-3f9c1a";
const secret = new Secret(CANARY);

/** What this host's own console makes of a value, through a pipe of our own. */
function printed(value: unknown): string {
  let text = "";
  const stream = new Writable({
    write(chunk, _encoding, done) {
      text += String(chunk);
      done();
    },
  });
  new Console({ stdout: stream, stderr: stream }).log(value);
  return text;
}

function hostInspect(value: unknown): string {
  const { Bun, Deno } = globalThis as { Bun?: { inspect(value: unknown): string }; Deno?: { inspect(value: unknown): string } };
  return (Bun ?? Deno)?.inspect(value) ?? inspect(value);
}

describe("Secret", () => {
  for (const [name, form] of Object.entries<(value: unknown) => string>({
    "String()": String,
    template: (value) => `${value}`,
    "JSON.stringify()": (value) => JSON.stringify(value),
    "JSON.stringify() with spaces": (value) => JSON.stringify({ value }, null, 2),
    "node:util inspect": (value) => inspect(value, { depth: 10, showHidden: true }),
    "the host's inspect": hostInspect,
    "the console": printed,
  })) {
    test(`does not show in ${name}, alone or inside`, () => {
      for (const value of [secret, { token: secret }, [secret], new Map([["token", secret]]), Object.assign(new Error("refused"), { token: secret })]) {
        const text = form(value);
        assert.ok(!text.includes(CANARY), text);
      }
      assert.match(form(secret), /\[redacted\]/);
    });
  }

  test("has nothing to enumerate, copy or spread", () => {
    assert.deepEqual(Object.keys(secret), []);
    assert.deepEqual({ ...secret }, {});
    assert.deepEqual(Reflect.ownKeys(secret), []);
  });

  test("gives its text to the one who asks", () => {
    assert.equal(secret.reveal(), CANARY);
    assert.ok(secret.equals(new Secret(CANARY)));
    assert.ok(!secret.equals(new Secret("other")));
  });
});

describe("Redactor", () => {
  function redactor(...texts: string[]): Redactor {
    const made = new Redactor();
    for (const text of texts) made.add(new Secret(text));
    return made;
  }

  test("takes every occurrence of every known secret out of a line", () => {
    assert.equal(redactor("alpha-1", "beta-22").apply("a alpha-1 b beta-22 alpha-1"), "a [redacted] b [redacted] [redacted]");
  });

  test("finds a secret as it stands in JSON", () => {
    const awkward = 'quo"te\\slash';
    assert.ok(!redactor(awkward).apply(JSON.stringify({ error: `said ${awkward}` })).includes("slash"));
  });

  test("finds a secret that a server's JSON quotes inside ours", () => {
    const awkward = 'quo"te\\slash';
    assert.equal(redactor(awkward).apply(JSON.stringify({ error: JSON.stringify({ said: awkward }) })), '{"error":"{\\"said\\":\\"[redacted]\\"}"}');
  });

  test("finds a secret that is percent-encoded, in either case", () => {
    const made = redactor("to+ken/1==");
    assert.equal(made.apply("said to%2Bken%2F1%3D%3D and to%2bken%2f1%3d%3d"), "said [redacted] and [redacted]");
  });

  test("finds a secret in base64, wherever it stands in what was encoded", () => {
    const text = "canary?>~3f9c1a-\u00ff";
    for (const before of ["", "a", "ab", "Authorization: Bearer "]) {
      for (const after of ["", "z", "zz", "\r\nHost: x"]) {
        for (const alphabet of ["base64", "base64url"] as const) {
          const clean = redactor(text).apply(Buffer.from(`${before}${text}${after}`).toString(alphabet));
          assert.match(clean, /\[redacted\]/);
          // What is left decodes to a byte or two of it at most.
          assert.ok(!Buffer.from(clean, alphabet).toString().includes("nary"), clean);
        }
      }
    }
  });

  test("finds claims and signature of a JWT by themselves, but not its header, which all of them share", () => {
    const made = redactor("eyJhbGciOiJFUzI1NiJ9.eyJqdGkiOiIxMjM0In0.c2lnbmF0dXJl");
    assert.equal(made.apply("h eyJhbGciOiJFUzI1NiJ9 c eyJqdGkiOiIxMjM0In0 s c2lnbmF0dXJl"), "h eyJhbGciOiJFUzI1NiJ9 c [redacted] s [redacted]");
  });

  test("takes a secret that contains another one out as a whole", () => {
    assert.equal(redactor("secret", "secret-and-more").apply("got secret-and-more"), "got [redacted]");
  });

  test("leaves a line alone that holds none", () => {
    assert.equal(redactor("alpha-1").apply("nothing here"), "nothing here");
  });

  test("does not take short texts for secrets, they occur in ordinary words", () => {
    assert.equal(redactor("a", "job").apply("a job"), "a job");
  });

  test("still knows the configured secret after a day of minted tokens", () => {
    const made = redactor("configured-secret");
    for (let nth = 0; nth < 200; nth++) {
      made.add(new Secret("configured-secret"));
      made.add(new Secret(`minted-token-${nth}`));
    }
    assert.equal(made.apply("configured-secret minted-token-199"), "[redacted] [redacted]");
  });
});
