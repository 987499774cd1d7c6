// What the rooms take as values of flags and arguments, for completion: the one place that asks them all.

import { REPORT_FORMATS } from "./cli/flags.ts";
import type { Vocabulary } from "./cli/completion/model.ts";
import { ROWS } from "./devserver/behaviour/eras.ts";
import { FAULTS } from "./devserver/behaviour/faults/table.ts";
import { ERAS } from "./devserver/behaviour/rows.ts";
import { describeParts } from "./devserver/plays/parts.ts";
import { AREAS } from "./verify/check.ts";
import { CHECKS } from "./verify/checks.ts";

export function vocabulary(): Vocabulary {
  const faults = { words: FAULTS.map(({ name }) => name), open: true } as const;
  const checks = { words: [...AREAS, ...CHECKS.map(({ id }) => id)] };
  return {
    "verify --focus": checks,
    "verify --skip": checks,
    "verify --report": { words: REPORT_FORMATS.map((format) => (format === "github" ? format : `${format}=`)), open: true },
    "dev --era": { words: ERAS },
    "dev --set": { words: Object.values(ROWS).map(({ name }) => `${name}=`), open: true },
    "dev --simulate": { words: ["on", "off", ...describeParts().map(({ name }) => `${name}:`)], open: true },
    "dev --fault": faults,
    "dev fault add": faults,
  };
}
