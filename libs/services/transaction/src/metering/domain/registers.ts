/**
 * Register values of one instant, by the station's count of the message and then by `phase|location`; either is
 * empty where the station left it out.
 */
export type Registers = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** The register over all phases at one location. */
export interface RegisterTotal {
  location: string;
  /** The number of single phases added up; 0: the station stated the total itself. */
  phases: number;
  wh: number;
}

/**
 * Which location counts where several measure, most preferred first: the outlet is what is sold (section 4.7), what
 * follows is ever further from it. The inlet measures the whole station.
 */
const LOCATIONS = ['Outlet', 'Cable', 'Body', 'EV', 'Inlet', 'Upstream'];
export const PHASES = ['L1', 'L2', 'L3'];
export const OUTLET = 'Outlet';
/** Energy is kept to the milliwatt-hour; sums of floating point numbers are not. */
const PER_WH = 1000;

/** Sorts locations, the preferred first; unknown ones come last. */
export function byPreference(a: string, b: string): number {
  return rank(a) - rank(b) || (a < b ? -1 : a > b ? 1 : 0);
}

function rank(location: string): number {
  const at = LOCATIONS.indexOf(location);
  return at === -1 ? LOCATIONS.length : at;
}

export function exactWh(wh: number): number {
  return Math.round(wh * PER_WH) / PER_WH;
}

/**
 * The totals of the registers of one instant: one, or several in the station's order where a later message has another
 * value.
 */
export function totalsInOrder(registers: Registers): RegisterTotal[][] {
  const counts = Object.keys(registers).sort((a, b) => Number(a) - Number(b));
  const steps: RegisterTotal[][] = [];
  let known: Record<string, number> = {};
  for (const count of counts) {
    const values = registers[count] ?? {};
    const contradicts = Object.entries(values).some(([name, wh]) => known[name] !== undefined && known[name] !== wh);
    if (contradicts) steps.push(totalsOf(known));
    known = { ...known, ...values };
  }
  if (counts.length > 0) steps.push(totalsOf(known));
  return steps.filter((totals) => totals.length > 0);
}

/** The total as stated, else the sum of the phases (quirk 43), of each location; the preferred location first. */
function totalsOf(values: Readonly<Record<string, number>>): RegisterTotal[] {
  const byLocation = new Map<string, Map<string, number>>();
  for (const [name, wh] of Object.entries(values)) {
    const [phase = '', location = ''] = name.split('|');
    const here = byLocation.get(location || OUTLET) ?? new Map<string, number>();
    byLocation.set(location || OUTLET, here.set(phase, wh));
  }
  return [...byLocation].flatMap(([location, here]) => totalAt(location, here)).sort((a, b) => byPreference(a.location, b.location));
}

function totalAt(location: string, here: ReadonlyMap<string, number>): RegisterTotal[] {
  const whole = here.get('');
  if (whole !== undefined) return [{ location, phases: 0, wh: whole }];
  const parts = PHASES.flatMap((phase) => here.get(phase) ?? []);
  return parts.length === 0 ? [] : [{ location, phases: parts.length, wh: exactWh(parts.reduce((sum, wh) => sum + wh, 0)) }];
}
