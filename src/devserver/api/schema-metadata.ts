// The metadata that every object has, as data.
// src: ObjectMeta of k8s.io/apimachinery/pkg/apis/meta/v1.

import { flag, integer, object, objects, open, type Schema, text, textMap, texts, time } from "./schema-parts.ts";

/** In Kubernetes' words, which the first column of a table repeats. */
export const NAME =
  "Name must be unique within a namespace. Is required when creating resources, although some resources may allow a client to " +
  "request the generation of an appropriate name automatically. Name is primarily intended for creation idempotence and " +
  "configuration definition. Cannot be updated. " +
  "More info: https://kubernetes.io/docs/concepts/overview/working-with-objects/names#names";

export const METADATA: Schema = object("Who the object is, and what is said of it.", {
  annotations: textMap("Free text by key, of any length; nothing is selected by it."),
  creationTimestamp: time("When the object was created. Set by the server."),
  deletionGracePeriodSeconds: integer("Seconds that are left for an object that is being deleted. Set by the server."),
  deletionTimestamp: time("When deletion was asked for; the object goes with its last finalizer. Set by the server."),
  finalizers: texts("Who has something to do before the object may go."),
  generateName: text("Beginning of a name that the server completes, when name is empty."),
  generation: integer("Counts the versions of the spec. Set by the server."),
  labels: textMap("Short words by key that objects are selected by."),
  managedFields: objects("Who has written which fields.", {
    apiVersion: text("Version of the fields."),
    fieldsType: text("Form of fieldsV1."),
    fieldsV1: open("The fields, as nested keys."),
    manager: text("Who wrote."),
    operation: text("Apply or Update."),
    subresource: text("What was written to, if not the object itself."),
    time: time("When."),
  }),
  name: text(NAME),
  namespace: text("The namespace of the object. Cannot be changed."),
  ownerReferences: objects("The objects that this one goes with.", {
    apiVersion: text("Version of the owner."),
    blockOwnerDeletion: flag("Whether the owner waits for this object."),
    controller: flag("Whether the owner is in charge."),
    kind: text("Kind of the owner."),
    name: text("Name of the owner."),
    uid: text("The owner's uid."),
  }),
  resourceVersion: text("Version of the object, to be compared for equality. Set by the server; in a write a precondition."),
  selfLink: text("Not used any more."),
  uid: text("Tells this object from others that had its name. Set by the server."),
});
