// Which credential, sent where: exactly one, with the flags that belong to it. Reads no file.

import { UsageError } from "../base/errors.ts";
import { fitsHeader, Secret } from "../base/secret.ts";
import type { Environment, Settings } from "./settings.ts";
import { quoted, refusePlaintext, urlOf, urlText } from "./values.ts";
import type { Source } from "./values.ts";

export type Credential =
  | {
    /** A secret that the exchange turns into an access token, sent as `X-Access-Token`. */
    kind: "exchange";
    /** `path` may be `-`: standard input, read once. */
    token: { kind: "value"; value: Secret } | { kind: "file"; path: string };
    exchangeUrl: string;
    exchangeCaFile?: string;
  }
  | {
    /** A file with a token that is sent as `Authorization: Bearer`. `-`: standard input, read once. */
    kind: "bearer";
    path: string;
  }
  | {
    /** Server, TLS settings and credential come from the file. */
    kind: "kubeconfig";
    path: string;
    context?: string;
  };

const CREDENTIALS = ["token", "token-file", "bearer-token-file", "kubeconfig"];
const RULE = "exactly one of --token, --token-file (each with --token-exchange-url), --bearer-token-file and --kubeconfig";

/** @throws UsageError that names the flags which clash or the one that is missing */
export function credentialOf(settings: Settings, env: Environment): Credential {
  const named = CREDENTIALS.flatMap((name) => settings.named(name) ?? []);
  if (named.length > 1) throw clash(named, `expected ${RULE}`);
  const kubeconfig = settings.named("kubeconfig");
  const bearer = settings.named("bearer-token-file");
  const context = settings.named("context");
  if (context !== undefined && kubeconfig === undefined) throw lonely(context, "--kubeconfig");
  if (kubeconfig !== undefined) {
    refuseCompanions(settings, kubeconfig);
    return { kind: "kubeconfig", path: kubeconfig.text, ...(context && { context: context.text }) };
  }
  if (bearer !== undefined) {
    refuseCompanions(settings, bearer);
    return { kind: "bearer", path: bearer.text };
  }
  return exchangeOf(settings, env);
}

function exchangeOf(settings: Settings, env: Environment): Credential {
  const secret = settings.named("token");
  const file = settings.named("token-file");
  const directory = env["CREDENTIALS_DIRECTORY"] ?? "";
  if (secret === undefined && file === undefined && directory === "") throw new UsageError(`Missing credential: expected ${RULE}`);
  const endpoint = settings.named("token-exchange-url");
  if (endpoint === undefined) {
    const label = secret?.label ?? file?.label ?? "$CREDENTIALS_DIRECTORY/token";
    throw new UsageError(
      `Missing --token-exchange-url: expected with ${label}, such as --token-exchange-url=http://localhost:6481/sign/access-token`,
    );
  }
  const url = urlOf(endpoint, "endpoint");
  refusePlaintext(endpoint, url, settings.bool("allow-plaintext-token"));
  const ca = settings.named("token-exchange-ca-file");
  if (ca !== undefined && url.protocol === "http:") {
    throw new UsageError(
      `Cannot combine ${ca.label} with ${endpoint.label} ${quoted(urlText(url))}: ` +
        "expected an https URL where there is a CA to verify it against",
    );
  }
  return {
    kind: "exchange",
    token: secret !== undefined
      ? { kind: "value", value: headerSecret(secret) }
      : { kind: "file", path: file?.text ?? `${directory.replace(/\/+$/, "")}/token` },
    exchangeUrl: url.href,
    ...(ca && { exchangeCaFile: ca.text }),
  };
}

/** A token travels in a header: one line of visible ASCII, space around it removed. Its text never enters the message. */
export function headerSecret({ label, text }: Source): Secret {
  const trimmed = text.trim();
  if (fitsHeader(trimmed)) return new Secret(trimmed);
  throw new UsageError(`Cannot use the value of ${label}: expected one line of printable ASCII without spaces`);
}

function refuseCompanions(settings: Settings, credential: Source): void {
  const companion = settings.named("token-exchange-url") ?? settings.named("token-exchange-ca-file");
  if (companion === undefined) return;
  throw clash([credential, companion], "the exchange is for --token and --token-file only");
}

function clash(sources: readonly Source[], rule: string): UsageError {
  const [first, ...others] = sources.map(({ label }) => label);
  const variable = sources.find(({ label }) => !label.startsWith("-"));
  return new UsageError(`Cannot combine ${first} with ${others.join(" and ")}: ${rule}`, {
    ...(variable && { hint: `${variable.label} comes from the environment: unset it if it is not meant` }),
  });
}

function lonely(source: Source, needed: string): UsageError {
  return new UsageError(`Cannot use ${source.label} alone: expected ${needed} with it`);
}
