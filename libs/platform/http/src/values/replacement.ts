import { CsmsError } from '@voltbus/contracts';

/** A body in which each member that was left out has its default. */
type Completed<B, D> = Omit<B, keyof D> & { [K in keyof D]: D[K] | (K extends keyof B ? Exclude<B[K], undefined> : never) };

/**
 * The resource that a PUT stores in place of `before`: the body, with a default for each member that it leaves out. A member of `guarded` (money, safety)
 * must be given where leaving it out would change its value; otherwise this throws 422 with the path of every such member.
 */
export function replacement<B extends object, D extends object>(
  before: Partial<Record<keyof D, unknown>> | null,
  body: B,
  { defaults, guarded }: { defaults: D; guarded: readonly (keyof D & string)[] },
): Completed<B, D> {
  const given: Partial<Record<string, unknown>> = Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined));
  const lost = guarded.filter((member) => !(member in given) && before !== null && differs(before[member], defaults[member]));
  if (lost.length === 0) return { ...defaults, ...given } as Completed<B, D>; // every member is the body's or the default's
  const errors = lost.map((member) => ({
    path: `/${member}`,
    message: `must be given: it is ${JSON.stringify(before?.[member])}, and leaving it out would make it ${JSON.stringify(defaults[member])}`,
  }));
  throw new CsmsError('invalid', errors.map(({ path, message }) => `${path}: ${message}`).join('; '), { errors });
}

function differs(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) !== JSON.stringify(b);
}
