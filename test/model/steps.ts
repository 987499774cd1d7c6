// The pure steps under exploration: those of src, or of a copy of it with a guard switched off.

import * as claimState from "../../src/drive/claim-state.ts";
import * as finishState from "../../src/drive/finish-state.ts";
import * as jobView from "../../src/drive/job-view.ts";
import * as leaseState from "../../src/drive/lease-state.ts";
import * as othersLeases from "../../src/drive/others-leases.ts";
import * as reap from "../../src/drive/reap.ts";
import * as record from "../../src/drive/record.ts";

export type Steps =
  & typeof claimState
  & typeof finishState
  & typeof jobView
  & typeof leaseState
  & typeof othersLeases
  & typeof reap
  & typeof record;

export const SHIPPED: Steps = { ...claimState, ...finishState, ...jobView, ...leaseState, ...othersLeases, ...reap, ...record };

const FILES = ["claim-state", "finish-state", "job-view", "lease-state", "others-leases", "reap", "record"].map((name) => `drive/${name}.ts`);

/** The same steps from an edited copy; `load` as withMutant() gives it. */
export async function stepsFrom(load: (file: string) => Promise<Record<string, unknown>>): Promise<Steps> {
  return Object.assign({}, ...await Promise.all(FILES.map(load))) as Steps;
}
