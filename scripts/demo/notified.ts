// First act: a job that Grafana's drivers do, as the controller sees it: its line, its record, the pruning of that.

import { background, command, highlight, result, step } from "./stage.ts";
import { BINARY, FOLDER, noComplaints, Program, saying } from "./program.ts";
import { call, eventually, expect, NAMESPACE, recordsOf } from "./requests.ts";

const TOKEN = "ProvisioningAdminToken";
const REPOSITORY = "dashboards";

export async function jobIsNotified(): Promise<void> {
  step("Start the dev server: client certificates required, drivers simulated");
  const devArgs = [
    "--api-address=localhost:0",
    "--exchange-address=localhost:0",
    "--mtls=required",
    `--state-dir=${FOLDER}`,
    "--simulate=duration:1s",
  ];
  background(`${BINARY} dev`, ...devArgs);
  const dev = new Program("dev server", ["dev", ...devArgs]);
  const api = await dev.until("where its API is", (line) => /(https:\/\/\S+)/.exec(line)?.[1]);
  const exchange = await dev.until("where its token exchange is", (line) => /(http:\/\/\S+)/.exec(line)?.[1]);
  result(`API             ${api}`);
  result(`token exchange  ${exchange}`);

  step("Start the controller: mutual TLS, history kept for 3 seconds");
  const runArgs = [
    `--token-exchange-url=${exchange}`,
    `--token=${TOKEN}`,
    `--provisioning-server-url=${api}`,
    "--tls-insecure=false",
    `--tls-ca-file=${FOLDER}/ca.pem`,
    `--tls-cert-file=${FOLDER}/client.pem`,
    `--tls-key-file=${FOLDER}/client-key.pem`,
    "--history-expiration=3s",
    "--history-sweep-interval=1s",
    "--health-probe-bind-address=0",
  ];
  background(BINARY, ...runArgs);
  const controller = new Program("controller", runArgs);
  result(await controller.until("that it follows the jobs", saying("jobs controller started")));

  step("Mint an access token");
  const claims = { namespace: "*", audiences: ["provisioning.grafana.app"] };
  command(
    `export ACCESS_TOKEN=$(curl -s -X POST ${exchange}`,
    `-H 'Authorization: Bearer ${TOKEN}' -H 'Content-Type: application/json'`,
    `-d '${JSON.stringify(claims)}' | jq -r .data.token)`,
  );
  const minted = await call("POST", exchange, { Authorization: `Bearer ${TOKEN}` }, claims);
  const token = expect("a token", minted, 200).data?.token ?? "";
  if (token.split(".").length !== 3) throw new Error("the exchange answered without a token");
  result(`an ES256 token of ${token.length} characters`);

  const headers = { "X-Access-Token": `Bearer ${token}` };
  const base = api + NAMESPACE;
  command(`export API=${base}`);
  command(`export TLS="--cacert ${FOLDER}/ca.pem --cert ${FOLDER}/client.pem --key ${FOLDER}/client-key.pem"`);
  const shown = (method: string, path: string, body?: unknown) => {
    const auth = `-H "X-Access-Token: Bearer $ACCESS_TOKEN"`;
    const json = body === undefined ? [] : [`-H 'Content-Type: application/json'`, `-d '${JSON.stringify(body)}'`];
    command(
      `curl -s $TLS${method === "GET" ? "" : ` -X ${method}`} $API${path}`,
      [auth, ...json.slice(0, 1)].join(" "),
      ...json.slice(1),
    );
  };

  step("Create a repository and mark it healthy");
  const repository = {
    metadata: { name: REPOSITORY },
    spec: { title: "Dashboards", type: "local", local: { path: "/dashboards" }, sync: { enabled: true, target: "folder" } },
  };
  shown("POST", "/repositories", repository);
  const created = expect("the repository", await call("POST", `${base}/repositories`, headers, repository), 201);
  const healthy = { ...repository, status: { health: { healthy: true } } };
  shown("PUT", `/repositories/${REPOSITORY}/status`, healthy);
  const status = { ...created, status: healthy.status };
  const marked = expect("its status", await call("PUT", `${base}/repositories/${REPOSITORY}/status`, headers, status), 200);
  if (marked.status?.health?.healthy !== true) throw new Error("the repository did not become healthy");
  result(`repository ${marked.metadata?.name}: healthy`);

  step("Enqueue a pull job");
  const pull = { action: "pull", pull: { incremental: false } };
  shown("POST", `/repositories/${REPOSITORY}/jobs`, pull);
  const job = expect("the job", await call("POST", `${base}/repositories/${REPOSITORY}/jobs`, headers, pull), 202);
  const uid = job.metadata?.uid ?? "";
  result(`job ${job.metadata?.name}, uid ${uid}`);

  step("The controller says so, once");
  const notification = saying("job create notification received", (line) => line["uid"] === uid);
  highlight(await controller.until("the job", notification));

  step("The job is driven, and leaves for HistoricJobs");
  shown("GET", "/historicjobs");
  const entry = await eventually("the job is in history", async () => (await recordsOf(uid, base, headers))[0]);
  result(`historic job ${entry.metadata?.name}: ${entry.status?.state}, ${entry.status?.message}`);

  step("Its record grows older than 3 seconds, and the controller prunes it");
  const swept = saying("history sweep complete", (line) => Number(line["deleted"]) > 0);
  highlight(await controller.until("that it pruned", swept));
  shown("GET", "/historicjobs");
  if ((await recordsOf(uid, base, headers)).length > 0) {
    throw new Error("the controller says that it pruned the record, but it is still there");
  }
  result("no historic jobs");

  step("Stop both");
  command(`kill ${controller.pid} ${dev.pid}`);
  const codes = [await controller.stop(), await dev.stop()];
  const lines = controller.lines.filter((line) => notification(line) !== undefined).length;
  if (lines !== 1) throw new Error(`the controller wrote ${lines} lines for one job`);
  noComplaints(controller);
  result(`exit codes: controller ${codes[0]}, dev server ${codes[1]}`);
  if (codes.some((code) => code !== 0)) throw new Error("a program did not stop in order");
}
