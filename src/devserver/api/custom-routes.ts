// What the handler of custom resources makes of methods and paths that built-in kinds refuse: their routes in, its own out.
// src: pkg/apiserver/customresource_handler.go of k8s.io/apiextensions-apiserver.

import { badRequest, notFound } from "../wire/status.ts";
import type { Asked, Route, Routes } from "./asked.ts";

/** HEAD is GET, names may be where none belongs and miss where one does, and whatever is below an object is "not found". */
export function customRoutes(routes: Routes): Routes {
  const withHead = Object.fromEntries(
    Object.entries(routes).map(([place, methods]) => [place, { ...methods, ...(methods["GET"] && { HEAD: methods["GET"] }) }]),
  ) as Record<keyof Routes, Routes[keyof Routes]>;
  const unknown: Route = { verb: "get", answer: noObject };
  return {
    ...withHead,
    collection: { ...withHead.collection, PUT: { verb: "update", answer: nameless }, PATCH: { verb: "patch", answer: nameless } },
    object: { ...withHead.object, POST: routes.collection["POST"] },
    nothing: { GET: unknown, HEAD: unknown, POST: unknown, PUT: unknown, PATCH: unknown, DELETE: unknown },
  };
}

function nameless(): never {
  throw badRequest("name must be provided");
}

function noObject({ target: { resource, name } }: Asked): never {
  throw notFound(resource.name, name);
}
