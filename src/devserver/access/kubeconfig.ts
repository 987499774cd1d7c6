// A kubeconfig for this server, everything inside it: CA, client pair and token. The pair opens the connection, the token
// says who it is.

import { Buffer } from "node:buffer";

interface KubeconfigFacts {
  apiUrl: string;
  /** PEM texts. */
  ca: string;
  clientCert: string;
  clientKey: string;
  /** Sent as `Authorization: Bearer`: that of a service account. */
  token: string;
}

export function renderKubeconfig({ apiUrl, ca, clientCert, clientKey, token }: KubeconfigFacts): string {
  const data = (pem: string) => Buffer.from(pem).toString("base64");
  const name = "job-controller-dev";
  return `apiVersion: v1
kind: Config
current-context: ${name}
contexts:
  - name: ${name}
    context: { cluster: ${name}, user: ${name}, namespace: default }
clusters:
  - name: ${name}
    cluster:
      server: ${apiUrl}
      certificate-authority-data: ${data(ca)}
users:
  - name: ${name}
    user:
      client-certificate-data: ${data(clientCert)}
      client-key-data: ${data(clientKey)}
      token: ${token}
`;
}
