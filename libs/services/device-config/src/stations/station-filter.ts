/** Chooses the stations that meet every condition; an empty condition is met by all. */
export interface StationFilter {
  vendors: string[];
  models: string[];
  /** Patterns with `*`. */
  firmwareVersions: string[];
  groups: string[];
}

/** A station, as filters look at it. */
export interface DescribedStation {
  vendor: string | null;
  model: string | null;
  firmware: string | null;
  group: string | null;
}

export function matches({ vendors, models, firmwareVersions, groups }: StationFilter, station: DescribedStation): boolean {
  return (
    isAmong(vendors, station.vendor) &&
    isAmong(models, station.model) &&
    isAmong(groups, station.group) &&
    (firmwareVersions.length === 0 || firmwareVersions.some((pattern) => fits(pattern, station.firmware ?? '')))
  );
}

function isAmong(names: readonly string[], given: string | null): boolean {
  return names.length === 0 || (given !== null && names.some((name) => name.toLowerCase() === given.toLowerCase()));
}

/** Without a regular expression: each part between two stars is looked for behind the one before. */
export function fits(pattern: string, text: string): boolean {
  const [given, parts] = [text.toLowerCase(), pattern.toLowerCase().split('*')];
  const [first = '', last = ''] = [parts[0], parts.at(-1)];
  if (parts.length === 1) return given === first;
  if (!given.startsWith(first) || !given.endsWith(last) || given.length < first.length + last.length) return false;
  let from = first.length;
  for (const part of parts.slice(1, -1)) {
    const found = given.indexOf(part, from);
    if (found < 0) return false;
    from = found + part.length;
  }
  return from <= given.length - last.length;
}
