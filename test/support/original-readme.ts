// The commands of the original's README, word for word, and the shell that runs them.

import { execFile } from "node:child_process";
import { promisify } from "node:util";

export const TOKEN_COMMAND = String.raw`
export ACCESS_TOKEN=$(curl -X POST http://localhost:6481/sign/access-token \
  -H "X-Realms: [{\"type\":\"system\",\"identifier\":\"system\"}]" \
  -H "X-Org-ID: 0" \
  -H "Content-Type: application/json" \
  -H "Authorization: Bearer ProvisioningAdminToken" \
  -d '{
    "namespace": "*",
    "audiences": ["provisioning.grafana.app"]
  }' | jq -r '.data.token')
`;

export const JOB_COMMAND = String.raw`
curl -X POST https://localhost:6446/apis/provisioning.grafana.app/v0alpha1/namespaces/default/repositories/test6/jobs \
  -H "Content-Type: application/json" --insecure \
  -H "X-Access-Token: Bearer $ACCESS_TOKEN" \
  -d '{
    "action": "pull",
    "pull": {
      "incremental": false
    }
  }'
`;

/** Every way in which it starts the program. */
export const CONTROLLER_COMMANDS = [
  "./bin/job-controller --token-exchange-url=http://localhost:6481/sign/access-token --token=ProvisioningAdminToken --provisioning-server-url=https://localhost:6446",
  "./bin/job-controller --token-exchange-url=http://localhost:6481/sign/access-token --token=ProvisioningAdminToken --provisioning-server-url=https://localhost:6446 --history-expiration=30s",
  String.raw`./bin/job-controller \
  --token-exchange-url=http://localhost:6481/sign/access-token \
  --token=ProvisioningAdminToken \
  --provisioning-server-url=https://localhost:6446 \
  --tls-insecure=true`,
];

/** The same for a server and files that a reader has to put in place of these. */
export const TLS_COMMANDS = [
  String.raw`./bin/job-controller \
  --token-exchange-url=http://localhost:6481/sign/access-token \
  --token=ProvisioningAdminToken \
  --provisioning-server-url=https://provisioning.example.com:6446 \
  --tls-insecure=false \
  --tls-ca-file=/path/to/ca-cert.pem`,
  String.raw`./bin/job-controller \
  --token-exchange-url=http://localhost:6481/sign/access-token \
  --token=ProvisioningAdminToken \
  --provisioning-server-url=https://provisioning.example.com:6446 \
  --tls-insecure=false \
  --tls-ca-file=/path/to/ca-cert.pem \
  --tls-cert-file=/path/to/client-cert.pem \
  --tls-key-file=/path/to/client-key.pem`,
];

/** What it prints for a job that is created, save the time. */
export const NOTIFICATION_LINE = '"level":"INFO","msg":"job create notification received","logger":"provisioning-job-controller"';

export async function shell(script: string): Promise<string> {
  const { stdout } = await promisify(execFile)("sh", ["-euc", script], { env: { PATH: "/usr/local/bin:/usr/bin:/bin" } });
  return stdout;
}
