// it brings no types
const { satisfies, validRange } = require('semver') as {
  satisfies(version: string, range: string, options: { includePrerelease: boolean }): boolean;
  validRange(range: string): string | null;
};

/** An advisory about some versions of a package. */
export interface Advisory {
  package: string;
  /** Versions that have it, as npm writes ranges. */
  vulnerable: string;
  id: string;
  about: string;
  /** Versions that are kept all the same, each with the reason. */
  accepted?: Readonly<Record<string, string>>;
}

/** The `packages` of a lock file: each by the folder that it is installed in. */
export type Locked = Readonly<Record<string, { version?: string; link?: boolean }>>;

const FOLDER = 'node_modules/';

/** Every installed version that an advisory is about and nobody has accepted. Throws on a range that cannot be read. */
export function vulnerableIn(locked: Locked, advisories: readonly Advisory[]): string[] {
  for (const { id, vulnerable } of advisories) if (validRange(vulnerable) === null) throw new Error(`${id}: no range: ${vulnerable}`);
  return Object.entries(locked).flatMap(([folder, { version }]) => {
    const name = nameOf(folder);
    if (name === null || version === undefined) return [];
    const matching = advisories.filter((one) => one.package === name && isVulnerable(version, one));
    return matching.map(({ id, about }) => `${name} ${version}: ${id}, ${about}`);
  });
}

function isVulnerable(version: string, { vulnerable, accepted = {} }: Advisory): boolean {
  return satisfies(version, vulnerable, { includePrerelease: true }) && !(version in accepted);
}

function nameOf(folder: string): string | null {
  const at = folder.lastIndexOf(FOLDER);
  return at < 0 ? null : folder.slice(at + FOLDER.length);
}
