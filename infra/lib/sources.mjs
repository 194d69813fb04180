// Notices changed source files by polling their modification times: no dependency, the same on every system.
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

const SKIPPED = new Set(['node_modules', 'target', 'tests', 'examples']);

export class Sources {
  #parts;
  #seen;

  /** `parts`: name → files and folders whose change concerns it. */
  constructor(parts) {
    this.#parts = parts;
    this.#seen = this.#stamps();
  }

  /** The parts with a change since the last call. */
  changed() {
    const now = this.#stamps();
    const parts = Object.keys(now).filter((part) => now[part] !== this.#seen[part]);
    this.#seen = now;
    return parts;
  }

  #stamps() {
    const stamps = {};
    for (const [part, paths] of Object.entries(this.#parts)) {
      stamps[part] = paths.map(stamp).join('\n');
    }
    return stamps;
  }
}

// Names and times of everything below a path, so that added, removed and renamed files count too.
function stamp(path) {
  let stat;
  try {
    stat = statSync(path);
  } catch {
    return `${path} absent`;
  }
  if (!stat.isDirectory()) return `${path} ${stat.mtimeMs}`;
  return readdirSync(path)
    .filter((name) => !SKIPPED.has(name) && !name.startsWith('.') && !name.endsWith('.snap'))
    .map((name) => stamp(join(path, name)))
    .join('\n');
}
