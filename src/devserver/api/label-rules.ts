// What may be a label's key and value: text in, the API machinery's complaints out. Used for selectors and for objects.

const NAME = /^(?:[A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/;
/** A DNS subdomain of RFC 1123. */
export const SUBDOMAIN = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/;
const MAX_NAME_BYTES = 63;
const MAX_SUBDOMAIN_BYTES = 253;

const CONSISTS = "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";
const NAME_RULE = `${CONSISTS} (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')`;
const VALUE_RULE =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character"
  + " (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";
/** What the API machinery says of a text that is none. */
export const SUBDOMAIN_RULE =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character"
  + String.raw` (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')`;

/** What is wrong with a label's or annotation's key, as IsQualifiedName of the API machinery words it; empty if nothing is. */
export function keyErrors(key: string): string[] {
  const parts = key.split("/");
  if (parts.length > 2) return [`a valid label key ${NAME_RULE} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`];
  const [name = "", prefix] = parts.reverse();
  return [
    ...(prefix === undefined ? [] : prefixErrors(prefix).map((error) => `prefix part ${error}`)),
    ...(name === "" ? ["name part must be non-empty"] : tooLong(name, MAX_NAME_BYTES).map((error) => `name part ${error}`)),
    ...(NAME.test(name) ? [] : [`name part ${NAME_RULE}`]),
  ];
}

/** The same for a label's value. */
export function valueErrors(value: string): string[] {
  return [...tooLong(value, MAX_NAME_BYTES), ...(value === "" || NAME.test(value) ? [] : [VALUE_RULE])];
}

function prefixErrors(prefix: string): string[] {
  if (prefix === "") return ["must be non-empty"];
  return [...tooLong(prefix, MAX_SUBDOMAIN_BYTES), ...(SUBDOMAIN.test(prefix) ? [] : [SUBDOMAIN_RULE])];
}

function tooLong(text: string, bytes: number): string[] {
  return new TextEncoder().encode(text).length > bytes ? [`must be no more than ${bytes} bytes`] : [];
}
