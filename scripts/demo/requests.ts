// Requests of the demo itself, which it shows as curl: to the API with the client certificate, to the token exchange in plain HTTP.

import { readFileSync } from "node:fs";
import { type IncomingMessage, request as plainRequest } from "node:http";
import { request } from "node:https";
import { join } from "node:path";
import { FOLDER, PATIENCE_MS, ROOT } from "./program.ts";

export const NAMESPACE = "/apis/provisioning.grafana.app/v0alpha1/namespaces/default";
const ORIGINAL_UID = "provisioning.grafana.app/original-uid";

export interface Answer {
  status: number;
  body: Shape;
}

/** What is read of tokens, objects and lists; anything may be missing. */
export interface Shape {
  data?: { token?: string };
  metadata?: { name?: string; uid?: string; labels?: Record<string, string> };
  status?: { state?: string; message?: string; health?: { healthy?: boolean } };
  items?: Shape[];
  message?: string;
}

export function call(method: string, url: string, headers: Record<string, string>, body?: unknown): Promise<Answer> {
  const file = (name: string) => readFileSync(join(ROOT, FOLDER, name));
  const options = { method, headers: { ...headers, "Content-Type": "application/json" }, agent: false as const };
  return new Promise((resolve, reject) => {
    const receive = (response: IncomingMessage) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
      response.on("error", reject);
      response.on("end", () => {
        try {
          resolve({ status: response.statusCode ?? 0, body: JSON.parse(text) as Shape });
        } catch {
          reject(
            new Error(`${method} ${url} answered ${response.statusCode} with something that is not JSON: ${text.slice(0, 200)}`),
          );
        }
      });
    };
    const tls = { ca: file("ca.pem"), cert: file("client.pem"), key: file("client-key.pem") };
    const sent = url.startsWith("https:") ? request(url, { ...options, ...tls }, receive) : plainRequest(url, options, receive);
    sent.setTimeout(PATIENCE_MS, () =>
      sent.destroy(new Error(`${method} ${url} was not answered within ${PATIENCE_MS / 1000} s`)),
    );
    sent.on("error", reject);
    sent.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

/** @throws Error for any other status */
export function expect(what: string, answer: Answer, status: number): Shape {
  if (answer.status === status) return answer.body;
  throw new Error(
    `expected ${status} for ${what}, the server said ${answer.status}: ${answer.body.message ?? JSON.stringify(answer.body)}`,
  );
}

/** HistoricJobs of the job of this uid. */
export async function recordsOf(uid: string, base: string, headers: Record<string, string>): Promise<Shape[]> {
  const list = expect("the history", await call("GET", `${base}/historicjobs`, headers), 200);
  return (list.items ?? []).filter((item) => item.metadata?.labels?.[ORIGINAL_UID] === uid);
}

/** Asks until there is an answer; each request waits for the one before. */
export async function eventually<T>(what: string, ask: () => Promise<T | undefined>): Promise<T> {
  const deadline = performance.now() + PATIENCE_MS;
  while (performance.now() < deadline) {
    const found = await ask();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`not within ${PATIENCE_MS / 1000} s: ${what}`);
}
