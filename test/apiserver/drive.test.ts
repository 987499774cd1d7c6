// Jobs get done by the compiled controller, on a real API server: once each, with one record.

import assert from "node:assert/strict";
import { after, afterEach, before, describe, test } from "node:test";
import { API } from "../../scripts/apiserver.ts";
import { eventually, RealServer } from "../support/apiserver.ts";

const GROUP = "provisioning.grafana.app";
const LIST = `${API}/namespaces/default`;

interface Listed {
  items: { metadata: { name: string; labels?: Record<string, string>; annotations?: Record<string, string> }; status?: { state?: string } }[];
}

describe("jobs with a worker, on a real API server", () => {
  let server: RealServer;
  before(async () => void (server = await RealServer.start()));
  afterEach(() => server.reset());
  after(() => server.stop());

  async function list(resource: string): Promise<Listed["items"]> {
    return ((await server.api.request("GET", `${LIST}/${resource}`)).body as unknown as Listed).items;
  }

  test("are done once each by two controllers, and leave one record each", async () => {
    const jobs = await server.createJobs("done", 20);
    const controllers = [1, 2].map(() => server.controller(["--worker=*=builtin:test", "--drivers=4"], { certificate: server.api.driver }));
    await eventually("every job is gone", async () => (await list("jobs")).length === 0);
    const records = await list("historicjobs");
    assert.deepEqual(
      records.map(({ metadata, status }) => [metadata.labels?.[`${GROUP}/original-uid`], metadata.labels?.[`${GROUP}/claim`], status?.state]).sort(),
      jobs.map(({ uid }) => [uid, undefined, "success"]).sort(),
    );
    assert.deepEqual(records.map(({ metadata }) => metadata.name).sort(), jobs.map(({ name, uid }) => `${name}-${uid}`).sort());
    const begun = controllers.flatMap((one) => one.of("job claimed").map(({ uid }) => uid));
    assert.deepEqual([...begun].sort(), jobs.map(({ uid }) => uid).sort());
  });

  test("are finished by another controller when theirs is killed", async () => {
    const flags = ["--lease-validity=3s", "--lease-renewal=1s", "--lease-expiry=5s"];
    const first = server.controller(["--worker=*=exec:sleep 60", ...flags], { certificate: server.api.driver });
    await first.started();
    const job = await server.createJob("left");
    await first.until(({ msg }) => msg === "job claimed");
    first.signal("SIGKILL");
    await first.exited;
    const second = server.controller(["--worker=*=builtin:test", ...flags], { certificate: server.api.driver });
    const { attempt } = await second.until(({ msg }) => msg === "job finished");
    assert.equal(attempt, 2);
    const records = await list("historicjobs");
    assert.deepEqual(records.map(({ metadata }) => metadata.labels?.[`${GROUP}/original-uid`]), [job.uid]);
  });
});
