// Texts of objects, shorter: JSON holds no control characters, so that each can stand for a phrase which the objects of
// this API have in common. Any JSON text goes in and comes out as it was; that of a job takes about two fifths of the room.

/** By the character's code. The first one stands for nothing: it marks a place. */
const PHRASES: readonly string[] = [
  "",
  '"metadata":{"name":"',
  '","namespace":"',
  '","uid":"',
  '","resourceVersion":"',
  '","generation":',
  ',"creationTimestamp":"',
  '","labels":',
  '{"provisioning.grafana.app/repository":"',
  '","provisioning.grafana.app/claim":"',
  '","provisioning.grafana.app/claim-owner":"',
  '","provisioning.grafana.app/original-uid":"',
  ',"annotations":{"grafana.app/createdBy":"',
  "access-policy:provisioning",
  '"}},"spec":{"action":"',
  '","repository":"',
  '"pull":{"incremental":',
  '"pr":{"ref":"',
  '"status":{"state":"',
  'success","started":',
  'working","started":',
  ',"finished":',
  ',"message":"',
  'completed successfully"',
  ',"progress":',
  ',"progressUpdates":',
  ',"summary":[{"group":"folder.grafana.app","kind":"Folder","total":',
  '},{"group":"dashboard.grafana.app","kind":"Dashboard","total":',
  ',"totalChanges":',
  ',"create":',
  ',"update":',
  ',"noop":',
];

/** Marks a place in a text that is packed. */
export const MARK = "\0";

const CODES = new Map(PHRASES.map((phrase, code) => [phrase, String.fromCharCode(code)]));
/** The longer ones first: a phrase may begin another. */
const ANY = new RegExp(PHRASES.slice(1).toSorted((one, other) => other.length - one.length).map(quoted).join("|"), "g");

/** JSON text, shorter. */
export function pack(json: string): string {
  return json.replace(ANY, (phrase) => CODES.get(phrase) ?? phrase);
}

/** The JSON text of what was packed, without marks. */
export function unpack(packed: string): string {
  let text = "";
  let from = 0;
  for (let at = 0; at < packed.length; at++) {
    const code = packed.charCodeAt(at);
    if (code >= PHRASES.length) continue;
    text += packed.slice(from, at) + PHRASES[code];
    from = at + 1;
  }
  return text + packed.slice(from);
}

function quoted(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
