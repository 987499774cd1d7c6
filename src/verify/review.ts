// What a caller may do by the server's own account.

import { GROUP } from "../provisioning.ts";
import { Unfit } from "./check.ts";
import { expect, ok } from "./expect.ts";
import type { Place } from "./place.ts";

const KIND = { apiVersion: "authorization.k8s.io/v1", kind: "SelfSubjectAccessReview" };

/** By a SelfSubjectAccessReview of the place's caller and namespace. @throws Unfit where there are none */
export async function allowed(at: Place, verb: string, resource: string): Promise<boolean> {
  const resourceAttributes = { group: GROUP, resource, verb, namespace: at.namespace };
  const review = { ...KIND, spec: { resourceAttributes } };
  const reply = await at.post("/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", review);
  if ([403, 404, 405].includes(reply.status)) throw new Unfit("the server answers no SelfSubjectAccessReview");
  const { allowed: may } = ok(reply, 201).status as { allowed?: unknown };
  expect(typeof may === "boolean", `status.allowed is ${JSON.stringify(may)}`);
  return may;
}
