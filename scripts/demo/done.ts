// Second act: three controllers share a queue. The one that works on the job is killed, another ends the job, and one record
// tells of it.

import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { background, command, highlight, result, step } from "./stage.ts";
import { BINARY, firstOf, FOLDER, noComplaints, Program, ROOT, saying } from "./program.ts";
import { call, eventually, expect, NAMESPACE, recordsOf } from "./requests.ts";

const WORKER = `${FOLDER}/work.sh`;
const WORK_LOG = `${FOLDER}/work.log`;
const READY = `${FOLDER}/ready.json`;
/** Healthy from the dev server's start. */
const REPOSITORY = "test6";

/** Shorter than a lease: left alone, the first attempt would end before the second begins. */
const SCRIPT = `#!/bin/sh
echo "attempt $JOB_ATTEMPT of $JOB_NAME begins" >> ${WORK_LOG}
sleep 3
echo "attempt $JOB_ATTEMPT of $JOB_NAME ends" >> ${WORK_LOG}
`;

export async function jobIsDone(): Promise<void> {
  step("Start a dev server without drivers: jobs wait for whoever claims them");
  const devArgs = ["--port=0", `--state-dir=${FOLDER}`, `--ready-file=${READY}`];
  background(`${BINARY} dev`, ...devArgs);
  const dev = new Program("dev server", ["dev", ...devArgs]);
  const api = await dev.until("where its API is", (line) => /(https:\/\/\S+)/.exec(line)?.[1]);
  const printEnv = `eval "$(${BINARY} dev --print-env --ready-file=${READY})"`;
  command(printEnv);
  const env = environmentAfter(printEnv);
  result(`API  ${api}`);

  step("Write a worker: any program will do");
  command(`cat ${WORKER}`);
  writeFileSync(join(ROOT, WORKER), SCRIPT, { mode: 0o755 });
  result(SCRIPT);

  step("Start three controllers that claim jobs; their leases are short, of which they warn");
  const runArgs = [
    `--worker=*=exec:${WORKER}`,
    "--lease-renewal=1s",
    "--lease-validity=3s",
    "--lease-expiry=5s",
    "--job-interval=1s",
    "--health-probe-bind-address=0",
  ];
  const typed = runArgs.map((arg) => arg.replace(/=(.*\*.*)/, "='$1'"));
  command(`for n in 1 2 3; do ${BINARY}`, ...typed.slice(0, -1), `${typed.at(-1)} & done`);
  const controllers = [1, 2, 3].map((number) => new Program(`controller ${number}`, runArgs, env));
  const short = saying("--lease-expiry is shorter than the silence that other controllers may keep, whose jobs would be begun a second time");
  const warnings: string[] = [];
  for (const controller of controllers) {
    await controller.until("that it follows the jobs", saying("jobs controller started"));
    warnings.push(await controller.until("that its leases are short", short));
  }
  result(warnings[0] ?? "");
  result(controllers.map(({ name, pid }) => `${name}: process ${pid}`).join("\n"));

  step("Enqueue a pull job; one of them claims it");
  const base = api + NAMESPACE;
  const header = readFileSync(join(ROOT, FOLDER, "auth-header"), "utf8").trim();
  const [, field = "", value = ""] = /^([\w-]+): *(.*)$/.exec(header) ?? [];
  const headers = { [field]: value };
  const pull = { action: "pull", pull: { incremental: false } };
  command(
    `curl -s --cacert ${FOLDER}/ca.pem -H @${FOLDER}/auth-header`,
    `-H 'Content-Type: application/json' -d '${JSON.stringify(pull)}'`,
    `${base}/repositories/${REPOSITORY}/jobs`,
  );
  const job = expect("the job", await call("POST", `${base}/repositories/${REPOSITORY}/jobs`, headers, pull), 202);
  const uid = job.metadata?.uid ?? "";
  const ofJob = (msg: string, attempt: number) => saying(msg, (line) => line["uid"] === uid && line["attempt"] === attempt);
  const first = await firstOf(controllers, "that it claimed the job", ofJob("job claimed", 1));
  result(`${first.program.name} says`);
  highlight(first.line);

  step("Kill that controller in mid-job: its worker ends with it");
  await eventually("the worker has begun", () => Promise.resolve(worked().length > 0 || undefined));
  command(`kill -9 ${first.program.pid}`);
  first.program.kill();
  await first.program.exited;
  command(`cat ${WORK_LOG}`);
  result(worked().join("\n"));

  step("Nobody renews its lease: another gives the job back to the queue, and it is done");
  const others = controllers.filter((controller) => controller !== first.program);
  for (const msg of ["cleaned up expired job", "job claimed", "job finished"]) {
    const { program, line } = await firstOf(others, msg, ofJob(msg, msg === "cleaned up expired job" ? 1 : 2));
    result(`${program.name} says`);
    highlight(line);
  }

  step("The worker ran twice, the first time not to its end; one record tells of the job");
  command(`cat ${WORK_LOG}`);
  const expected = ["attempt 1 of test6-sync begins", "attempt 2 of test6-sync begins", "attempt 2 of test6-sync ends"];
  result(worked().join("\n"));
  if (worked().join() !== expected.join()) throw new Error("the worker did not run as it should");
  command(`${BINARY} history`);
  result(execFileSync(join(ROOT, BINARY), ["history"], { cwd: ROOT, env: { ...process.env, ...env }, encoding: "utf8" }));

  step("Stop the others");
  command(`kill ${[...others, dev].map(({ pid }) => pid).join(" ")}`);
  const codes = await Promise.all(others.map((controller) => controller.stop()));
  const records = await recordsOf(uid, base, headers);
  const jobs = expect("the jobs", await call("GET", `${base}/jobs`, headers), 200).items ?? [];
  codes.push(await dev.stop());
  for (const controller of others) noComplaints(controller, short);
  if (records.length !== 1 || jobs.length !== 0) throw new Error(`${records.length} records and ${jobs.length} jobs are left`);
  if (codes.some((code) => code !== 0)) throw new Error(`a program did not stop in order: exit codes ${codes.join(", ")}`);
  result(`exit codes: ${codes.join(", ")}; 1 record, no job`);
}

function worked(): string[] {
  try {
    return readFileSync(join(ROOT, WORK_LOG), "utf8").trimEnd().split("\n");
  } catch {
    return [];
  }
}

/** What a command line of the shell sets for the program. */
function environmentAfter(line: string): Record<string, string> {
  const text = execFileSync("sh", ["-c", `${line} && env`], { cwd: ROOT, encoding: "utf8" });
  return Object.fromEntries([...text.matchAll(/^(JOB_CONTROLLER_\w+)=(.*)$/gm)].map(([, name = "", value = ""]) => [name, value]));
}
