// The last touches to an answer: indented for people, compressed where that pays.
// src: pkg/endpoints/handlers/{negotiation,responsewriters} of k8s.io/apiserver.

import { Buffer } from "node:buffer";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import type { Answer, Call, Finished } from "./call.ts";

/** From here on the API server compresses, bytes. */
const LARGE_BYTES = 128 * 1024;
const gzipAsync = promisify(gzip);

/** Indented if `pretty` says so or, without a word, for curl, wget and browsers. */
export function indented(call: Pick<Call, "query" | "header">, answer: Answer): Answer {
  const { body } = answer;
  if (!body.startsWith("{") || !isPretty(call.query.get("pretty") ?? "", call.header("user-agent") ?? "")) return answer;
  try {
    return { ...answer, body: JSON.stringify(JSON.parse(body), undefined, 2) };
  } catch {
    return answer;
  }
}

/** Large answers are compressed for who accepts it; a preference (`;q=`) is not understood. */
export async function compressed(acceptEncoding: string | undefined, answer: Answer): Promise<Finished> {
  if (!(acceptEncoding ?? "").split(",").some((encoding) => encoding.trim() === "gzip")) return answer;
  if (Buffer.byteLength(answer.body) <= LARGE_BYTES) return answer;
  const body = await gzipAsync(answer.body, { level: 1 });
  return { ...answer, body, headers: { ...answer.headers, "content-encoding": "gzip", vary: "Accept-Encoding" } };
}

function isPretty(value: string, userAgent: string): boolean {
  if (value === "") return /^(?:curl|Wget|Mozilla\/5\.0)/.test(userAgent);
  return /^(?:1|t|true)$/i.test(value);
}
