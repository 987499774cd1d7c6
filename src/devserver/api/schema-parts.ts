// What schemas are written with: the part of OpenAPI v3 that custom resources may use, and a word for each common field.

/** A field, and what is in it. */
export interface Schema {
  type: "object" | "array" | "string" | "integer" | "number" | "boolean";
  description?: string;
  format?: "int64" | "date-time";
  /** The fields of an object. */
  properties?: Readonly<Record<string, Schema>>;
  /** Those of them that must be there. */
  required?: readonly string[];
  /** The values of an object whose keys are free. */
  additionalProperties?: Schema;
  /** The elements of an array. */
  items?: Schema;
  /** Fields that are not named here are kept. */
  "x-kubernetes-preserve-unknown-fields"?: true;
}

/** The field of an object that has this schema; undefined for one that it does not have. */
export function fieldOf({ properties, additionalProperties }: Schema, name: string): Schema | undefined {
  return properties !== undefined && Object.hasOwn(properties, name) ? properties[name] : additionalProperties;
}

/** The path of a field of what is at `path`. */
export function fieldPath(path: string, name: string): string {
  return path === "" ? name : `${path}.${name}`;
}

export function text(description: string): Schema {
  return { type: "string", description };
}

export function time(description: string): Schema {
  return { type: "string", format: "date-time", description };
}

export function flag(description: string): Schema {
  return { type: "boolean", description };
}

export function integer(description: string): Schema {
  return { type: "integer", format: "int64", description };
}

export function number(description: string): Schema {
  return { type: "number", description };
}

export function texts(description: string): Schema {
  return { type: "array", description, items: { type: "string" } };
}

export function textMap(description: string): Schema {
  return { type: "object", description, additionalProperties: { type: "string" } };
}

export function object(description: string, properties: Record<string, Schema>, required?: readonly string[]): Schema {
  return { type: "object", description, properties, ...(required && { required }) };
}

/** An object of which these fields are known; others are kept. */
export function open(description: string, properties: Record<string, Schema> = {}): Schema {
  return { type: "object", description, properties, "x-kubernetes-preserve-unknown-fields": true };
}

export function objects(description: string, properties: Record<string, Schema>): Schema {
  return { type: "array", description, items: { type: "object", properties } };
}
